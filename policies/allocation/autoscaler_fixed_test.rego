package holdfast.allocation.autoscaler_fixed_test

import data.holdfast.allocation.autoscaler_fixed
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
  minReplicas: 3
  maxReplicas: 3
`

_hpa(spec) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_warn(spec) := found if {
	found := autoscaler_fixed.warn with input as samples.of(_hpa(spec))
}

test_the_same_bounds_are_found if {
	_warn({"minReplicas": 3, "maxReplicas": 3}) == {{
		"msg": "minReplicas and maxReplicas are both 3",
		"path": ["spec", "maxReplicas"],
	}}
	count(_warn({"maxReplicas": 1})) == 1
	count(_warn({"minReplicas": null, "maxReplicas": 1})) == 1
}

test_others_pass if {
	every spec in [{"minReplicas": 2, "maxReplicas": 3}, {"maxReplicas": 2}, {"minReplicas": 3, "maxReplicas": 2}, {"minReplicas": "${LEAST}", "maxReplicas": 3}, {}, null] {
		_warn(spec) == set()
	}
}
