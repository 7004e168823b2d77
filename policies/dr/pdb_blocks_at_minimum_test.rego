package holdfast.dr.pdb_blocks_at_minimum_test

import data.holdfast.dr.pdb_blocks_at_minimum
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 3)

_autoscaler(name, least, most) := clusters.make("autoscaling/v2", "HorizontalPodAutoscaler", name, {
	"scaleTargetRef": {"kind": "Deployment", "name": "web"},
	"minReplicas": least,
	"maxReplicas": most,
})

_two_to_five := _autoscaler("web", 2, 5)

_budget(spec) := clusters.make("policy/v1", "PodDisruptionBudget", "web", object.union(
	{"selector": {"matchLabels": {"app": "web"}}},
	spec,
))

_warn(resources) := found if {
	found := pdb_blocks_at_minimum.warn with data.holdfast.resources as clusters.of(resources)
		with input as samples.of(null)
}

test_as_many_as_the_least_are_found if {
	_warn([_web, _two_to_five, _budget({"minAvailable": 2})]) == {{
		"msg": concat("", [
			`PodDisruptionBudget "web" forbids every eviction while HorizontalPodAutoscaler "web" runs the least: `,
			"minAvailable 2 needs 2 of its pods, and there are 2",
		]),
		"path": ["spec", "minAvailable"],
		"resource": clusters.identity(_budget({})),
	}}
	count(_warn([_web, _two_to_five, _budget({"minAvailable": 3})])) == 1
	count(_warn([_web, _two_to_five, _budget({"minAvailable": "51%"})])) == 1
}

test_fewer_pass if {
	_warn([_web, _two_to_five, _budget({"minAvailable": 1})]) == set()
	_warn([_web, _two_to_five, _budget({"minAvailable": "50%"})]) == set()
	_warn([_web, _two_to_five, _budget({"maxUnavailable": 1})]) == set()
	_warn([_web, _two_to_five, _budget({"minAvailable": 2, "maxUnavailable": 1})]) == set()
}

test_what_blocks_always_is_another_rules if {
	_warn([_web, _two_to_five, _budget({"minAvailable": 5})]) == set()
	count(_warn([_web, _two_to_five, _budget({"minAvailable": 4})])) == 1
	_warn([_web, _two_to_five, _budget({"minAvailable": "100%"})]) == set()
}

test_no_autoscaler_passes if {
	_warn([_web, _budget({"minAvailable": 3})]) == set()
	_warn([_budget({"minAvailable": 3})]) == set()
	_warn([_web, _two_to_five, clusters.at(clusters.make("policy/v1", "PodDisruptionBudget", "a", null), {})]) == set()
}

test_the_replicas_of_others_count if {
	other := clusters.with_spec(
		clusters.workload("StatefulSet", "other", 2),
		{"template": {"metadata": {"labels": {"app": "web"}}}},
	)
	_warn([_web, other, _two_to_five, _budget({"minAvailable": 3})]) == set()
	count(_warn([_web, other, _two_to_five, _budget({"minAvailable": 4})])) == 1
	count(_warn([_web, other, _two_to_five, _budget({"minAvailable": 6})])) == 1
	_warn([_web, other, _two_to_five, _budget({"minAvailable": 7})]) == set()
}

test_pods_of_other_kinds_are_not_counted if {
	daemons := clusters.workload("DaemonSet", "web", 1)
	_warn([_web, daemons, _two_to_five, _budget({"minAvailable": 2})]) == set()
}

test_scaled_to_none_passes if {
	_warn([_web, _autoscaler("web", 0, 5), _budget({"minAvailable": 1})]) == set()
}

test_the_autoscaler_of_another_workload_is_not_named if {
	another := clusters.with_spec(_autoscaler("another", 2, 5), {"scaleTargetRef": {"name": "api"}})
	api := clusters.workload("Deployment", "api", 2)
	alone := _warn([_web, _two_to_five, _budget({"minAvailable": 2})])
	_warn([_web, api, another, _two_to_five, _budget({"minAvailable": 2})]) == alone
}

test_two_autoscalers_are_one_finding if {
	count(_warn([_web, _two_to_five, _autoscaler("b", 2, 6), _budget({"minAvailable": 2})])) == 1
}

test_a_bound_that_is_no_number_passes if {
	_warn([_web, _autoscaler("web", 2, "five"), _budget({"minAvailable": 3})]) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels: {app: web}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 3
  maxReplicas: 9
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 2
  selector:
    matchLabels: {app: web}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels: {app: web}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 9
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 2
  selector:
    matchLabels: {app: web}
`
