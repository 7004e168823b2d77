package holdfast.allocation.autoscalers_collide_test

import data.holdfast.allocation.autoscalers_collide
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
`

bad_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web-memory
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 9
`

_hpa(name, namespace, ref) := ["autoscaling/HorizontalPodAutoscaler", {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": name, "namespace": namespace},
	"spec": {"scaleTargetRef": ref},
}]

_web := {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}

_deny(pairs) := found if {
	found := autoscalers_collide.deny with input as samples.of(null) with data.holdfast.resources as samples.stored(pairs)
}

test_two_of_one_are_found_once if {
	_deny({_hpa("a", "shop", _web), _hpa("b", "shop", _web), _hpa("c", "shop", object.union(_web, {"name": "api"}))}) == {{
		"msg": `Deployment "web" is scaled by several autoscalers: a, b`,
		"path": ["spec", "scaleTargetRef"],
		"resource": {
			"target": "prod",
			"apiVersion": "autoscaling/v2",
			"kind": "HorizontalPodAutoscaler",
			"namespace": "shop",
			"name": "a",
		},
	}}
}

test_others_pass if {
	_deny({_hpa("a", "shop", _web), _hpa("b", "other", _web)}) == set()
	_deny({_hpa("a", "shop", _web), _hpa("b", "shop", object.union(_web, {"kind": "StatefulSet"}))}) == set()
	_deny({_hpa("a", "shop", null), _hpa("b", "shop", null)}) == set()
	_deny({_hpa("a", "shop", {"kind": null, "name": "web"}), _hpa("b", "shop", {"kind": null, "name": "web"})}) == set()
	_deny({_hpa("a", "shop", {"kind": "Deployment", "name": null}), _hpa("b", "shop", {"kind": "Deployment", "name": null})}) == set()
	_deny({}) == set()
}
