package holdfast.dr.pdb_protects_nothing_test

import data.holdfast.dr.pdb_protects_nothing
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web(replicas) := clusters.workload("Deployment", "web", replicas)

_budget(spec) := clusters.make("policy/v1", "PodDisruptionBudget", "web", object.union(
	{"selector": {"matchLabels": {"app": "web"}}},
	spec,
))

_warn(resources) := found if {
	found := pdb_protects_nothing.warn with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

_found(field, why) := {{
	"msg": sprintf(`PodDisruptionBudget "web" lets all pods be evicted at once: %s`, [why]),
	"path": ["spec", field],
	"resource": clusters.identity(_budget({})),
}}

test_no_pod_need_be_available if {
	_warn([_web(3), _budget({"minAvailable": 0})]) == _found("minAvailable", "minAvailable is 0")
	_warn([_budget({"minAvailable": "0%"})]) == _found("minAvailable", "minAvailable is 0%")
	_warn([_web(3), _budget({"minAvailable": 1})]) == set()
}

test_all_pods_may_be_unavailable if {
	_warn([_budget({"maxUnavailable": "100%"})]) == _found("maxUnavailable", "maxUnavailable is 100%")
	_warn([_web(3), _budget({"maxUnavailable": 3})]) == _found("maxUnavailable", "maxUnavailable 3 is 3 pods, and there are 3")
	count(_warn([_web(3), _budget({"maxUnavailable": 4})])) == 1
	count(_warn([_web(3), clusters.workload("Deployment", "api", 2), _budget({"maxUnavailable": 3})])) == 1
	_warn([_web(3), _budget({"maxUnavailable": 2})]) == set()
}

test_percentages_are_rounded_up if {
	_warn([_web(2), _budget({"maxUnavailable": "51%"})]) == _found(
		"maxUnavailable",
		"maxUnavailable 51% is 2 pods, and there are 2",
	)
	_warn([_web(2), _budget({"maxUnavailable": "50%"})]) == set()
	_warn([_web(10), _budget({"maxUnavailable": "90%"})]) == set()
	count(_warn([_web(10), _budget({"maxUnavailable": "91%"})])) == 1
}

# A single pod that may be evicted is what a drain needs, and dr/single-replica's matter.
test_a_single_pod_passes if {
	_warn([_web(1), _budget({"maxUnavailable": 1})]) == set()
	count(_warn([_web(2), _budget({"maxUnavailable": 2})])) == 1
}

test_an_autoscaler_that_adds_pods_passes if {
	autoscaler := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
		"scaleTargetRef": {"kind": "Deployment", "name": "web"},
		"maxReplicas": 5,
	})
	_warn([_web(2), autoscaler, _budget({"maxUnavailable": 2})]) == set()
	count(_warn([_web(2), autoscaler, _budget({"maxUnavailable": 5})])) == 1
}

test_pods_of_other_kinds_are_not_counted if {
	pod := {
		"apiVersion": "v1",
		"kind": "Pod",
		"metadata": {"name": "a", "namespace": "shop", "labels": {"app": "web"}},
		"spec": {},
	}
	_warn([_web(2), pod, _budget({"maxUnavailable": 2})]) == set()
}

# The controller takes maxUnavailable where both are set.
test_both_fields if {
	_warn([_web(3), _budget({"minAvailable": 0, "maxUnavailable": 1})]) == set()
	count(_warn([_web(3), _budget({"minAvailable": 0, "maxUnavailable": null})])) == 1
	count(_warn([_web(3), _budget({"minAvailable": 0, "maxUnavailable": "100%"})])) == 1
}

test_no_number_passes if {
	_warn([_web(3), _budget({})]) == set()
	_warn([_web(3), _budget({"maxUnavailable": "most"})]) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
`

bad_example := `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 0
  selector:
    matchLabels: {app: web}
`
