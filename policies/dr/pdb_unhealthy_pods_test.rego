package holdfast.dr.pdb_unhealthy_pods_test

import data.holdfast.dr.pdb_unhealthy_pods
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn(spec) := found if {
	budget := clusters.make("policy/v1", "PodDisruptionBudget", "web", spec)
	found := pdb_unhealthy_pods.warn with input as samples.of(budget)
}

_msg := `PodDisruptionBudget "web" keeps pods that are not ready from being evicted`

test_the_default_is_found if {
	every spec in [{"maxUnavailable": 1}, {"unhealthyPodEvictionPolicy": null}, null] {
		_warn(spec) == {{"msg": _msg, "path": ["spec"]}}
	}
}

test_the_default_by_name_is_found if {
	_warn({"unhealthyPodEvictionPolicy": "IfHealthyBudget"}) == {{
		"msg": _msg,
		"path": ["spec", "unhealthyPodEvictionPolicy"],
	}}
}

test_always_allow_passes if {
	_warn({"unhealthyPodEvictionPolicy": "AlwaysAllow"}) == set()
	_warn({"unhealthyPodEvictionPolicy": "AlwaysAllow", "maxUnavailable": 1}) == set()
}

good_example := `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {app: web}
`

bad_example := `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
`
