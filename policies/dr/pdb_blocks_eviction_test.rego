package holdfast.dr.pdb_blocks_eviction_test

import data.holdfast.dr.pdb_blocks_eviction
import data.holdfast.lib.samples_test as samples

_web(replicas) := ["apps/Deployment", {
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"replicas": replicas, "template": {"metadata": {"labels": {"app": "web"}}}},
}]

_budget(spec) := ["policy/PodDisruptionBudget", {
	"apiVersion": "policy/v1",
	"kind": "PodDisruptionBudget",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": object.union({"selector": {"matchLabels": {"app": "web"}}}, spec),
}]

_autoscaler := ["autoscaling/HorizontalPodAutoscaler", {
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 1, "maxReplicas": 5},
}]

_deny(pairs) := found if {
	found := pdb_blocks_eviction.deny with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

_blocked(field, why) := {{
	"msg": sprintf(`PodDisruptionBudget "web" forbids every eviction: %s`, [why]),
	"path": ["spec", field],
	"resource": {
		"target": "prod",
		"apiVersion": "policy/v1",
		"kind": "PodDisruptionBudget",
		"namespace": "shop",
		"name": "web",
	},
}}

test_none_may_be_unavailable if {
	_deny({_web(3), _budget({"maxUnavailable": 0})}) == _blocked("maxUnavailable", "maxUnavailable is 0")
	_deny({_budget({"maxUnavailable": "0%"})}) == _blocked("maxUnavailable", "maxUnavailable is 0%")
}

test_all_must_be_available if {
	_deny({_web(3), _budget({"minAvailable": 3})}) == _blocked(
		"minAvailable",
		"minAvailable 3 needs 3 of its pods, and there are 3",
	)
	count(_deny({_web(3), _budget({"minAvailable": 4})})) == 1
	_deny({_budget({"minAvailable": "100%"})}) == _blocked("minAvailable", "minAvailable is 100%")
}

# The disruption controller rounds up: 60% of 2 is 2, of 3 it is 2.
test_percentages_are_rounded_up if {
	_deny({_web(2), _budget({"minAvailable": "60%"})}) == _blocked(
		"minAvailable",
		"minAvailable 60% needs 2 of its pods, and there are 2",
	)
	_deny({_web(3), _budget({"minAvailable": "60%"})}) == set()
	_deny({_web(2), _budget({"minAvailable": "50%"})}) == set()
}

test_one_percent_of_one_is_one if {
	_deny({_web(1), _budget({"minAvailable": "1%"})}) == _blocked(
		"minAvailable",
		"minAvailable 1% needs 1 of its pods, and there are 1",
	)
	_deny({_web(100), _budget({"minAvailable": "99%"})}) == set()
	count(_deny({_web(99), _budget({"minAvailable": "99%"})})) == 1
}

test_one_may_be_evicted if {
	_deny({_web(3), _budget({"minAvailable": 2})}) == set()
	_deny({_web(3), _budget({"maxUnavailable": 1})}) == set()

	# Rounded up too: 1% of 3 is one pod.
	_deny({_web(3), _budget({"maxUnavailable": "1%"})}) == set()
}

test_workloads_are_summed if {
	api := ["apps/StatefulSet", {
		"kind": "StatefulSet",
		"metadata": {"name": "api", "namespace": "shop"},
		"spec": {"template": {"metadata": {"labels": {"app": "web"}}}},
	}]
	_deny({_web(2), api, _budget({"minAvailable": 2})}) == set()
	count(_deny({_web(2), _budget({"minAvailable": 2})})) == 1
	other := object.union(api[1], {"spec": {"template": {"metadata": {"labels": {"app": "other"}}}}})
	count(_deny({_web(2), ["apps/StatefulSet", other], _budget({"minAvailable": 2})})) == 1
}

test_an_autoscaler_that_can_add_pods_passes if {
	_deny({_web(1), _autoscaler, _budget({"minAvailable": 1})}) == set()
	count(_deny({_web(1), _autoscaler, _budget({"minAvailable": 5})})) == 1
}

# Its pods may be those of an operator, or of a workload that is switched off.
test_a_budget_without_known_pods_passes if {
	_deny({_budget({"minAvailable": 1})}) == set()
	_deny({_web(0), _budget({"minAvailable": 1})}) == set()
}

# A Rollout says elsewhere how many pods it has.
test_pods_of_other_kinds_are_not_counted if {
	rollout := ["argoproj.io/Rollout", {
		"kind": "Rollout",
		"metadata": {"name": "api", "namespace": "shop"},
		"spec": {"replicas": 3, "template": {"metadata": {"labels": {"app": "web"}}}},
	}]
	_deny({_web(2), rollout, _budget({"minAvailable": 2})}) == set()
	count(_deny({_web(2), rollout, _budget({"minAvailable": "100%"})})) == 1
}

# The disruption controller expects no pods then, and allows no eviction.
test_a_budget_without_a_number_is_found if {
	every spec in [{}, {"minAvailable": null, "maxUnavailable": null}] {
		{[f.path, f.msg] | some f in _deny({_web(3), _budget(spec)})} == {[
			["spec"],
			`PodDisruptionBudget "web" forbids every eviction: it has neither minAvailable nor maxUnavailable`,
		]}
	}
	spec := {"minAvailable": null, "maxUnavailable": 1}
	_deny({_web(3), _budget(spec)}) == set()
}

# The API refuses both together; the controller would take maxUnavailable.
test_both_fields_are_one_finding if {
	_deny({_web(3), _budget({"minAvailable": "100%", "maxUnavailable": 0})}) == _blocked(
		"maxUnavailable",
		"maxUnavailable is 0",
	)
}

test_what_is_no_percentage_passes if {
	_deny({_web(1), _budget({"minAvailable": "050%"})}) == set()
	_deny({_web(1), _budget({"minAvailable": "most"})}) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
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
  namespace: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
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
  namespace: shop
spec:
  minAvailable: 3
  selector:
    matchLabels: {app: web}
`
