package holdfast.allocation.autoscaler_bounds_test

import data.holdfast.allocation.autoscaler_bounds
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 6
`

bad_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 6
  maxReplicas: 2
`

_hpa(spec) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_deny(spec) := found if {
	found := autoscaler_bounds.deny with input as samples.of(_hpa(spec))
}

test_the_wrong_way_round_is_found if {
	_deny({"minReplicas": 3, "maxReplicas": 2}) == {{
		"msg": "minReplicas is 3, above maxReplicas, 2",
		"path": ["spec", "minReplicas"],
	}}
}

test_no_replicas_are_found if {
	_deny({"maxReplicas": 0}) == {{"msg": "maxReplicas is 0", "path": ["spec", "maxReplicas"]}}
	_deny({"minReplicas": 0, "maxReplicas": 2}) == {{"msg": "minReplicas is 0", "path": ["spec", "minReplicas"]}}
	_deny({"minReplicas": 0, "maxReplicas": 2, "metrics": [{"type": "Resource"}]}) != set()
}

test_from_none if {
	every type in ["Object", "External"] {
		_deny({"minReplicas": 0, "maxReplicas": 2, "metrics": [{"type": "Resource"}, {"type": type}]}) == set()
		count(_deny({"minReplicas": -1, "maxReplicas": 2, "metrics": [{"type": type}]})) == 1
	}
}

test_others_pass if {
	every spec in [
		{"minReplicas": 2, "maxReplicas": 2},
		{"minReplicas": 1, "maxReplicas": 1},
		{"minReplicas": null, "maxReplicas": 2},
		{"minReplicas": "3", "maxReplicas": 2},
		{"minReplicas": 3, "maxReplicas": "2"},
		{"minReplicas": 3, "maxReplicas": null},
		{"maxReplicas": 1},
		null,
	] {
		_deny(spec) == set()
	}
}
