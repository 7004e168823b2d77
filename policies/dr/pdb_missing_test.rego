package holdfast.dr.pdb_missing_test

import data.holdfast.dr.pdb_missing
import data.holdfast.lib.samples_test as samples

_workload(kind, name, replicas, labels) := [concat("/", ["apps", kind]), {
	"apiVersion": "apps/v1",
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": {"replicas": replicas, "template": {"metadata": {"labels": labels}}},
}]

_web := _workload("Deployment", "web", 2, {"app": "web", "part-of": "shop"})

_budget_in(namespace, selector) := ["policy/PodDisruptionBudget", {
	"kind": "PodDisruptionBudget",
	"metadata": {"name": "a", "namespace": namespace},
	"spec": {"maxUnavailable": 1, "selector": selector},
}]

_budget(selector) := _budget_in("shop", selector)

_warn(pairs) := found if {
	found := pdb_missing.warn with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

test_no_budget_is_found if {
	_warn({_web}) == {{
		"msg": `Deployment "web" runs 2 replicas, but no PodDisruptionBudget selects them`,
		"path": ["spec"],
		"resource": {
			"target": "prod",
			"apiVersion": "apps/v1",
			"kind": "Deployment",
			"namespace": "shop",
			"name": "web",
		},
	}}
}

test_a_budget_for_others_is_found if {
	every budget in [
		_budget({"matchLabels": {"app": "api"}}),
		_budget({"matchLabels": {"app": "web", "tier": "front"}}),
		_budget({"matchLabels": {"part-of": "shop"}, "matchExpressions": [{
			"key": "app",
			"operator": "NotIn",
			"values": ["web"],
		}]}),
		_budget(null),
		_budget_in("other", {"matchLabels": {"app": "web"}}),
	] {
		count(_warn({_web, budget})) == 1
	}
}

test_a_budget_that_selects_the_pods_passes if {
	every selector in [
		{"matchLabels": {"app": "web"}},
		{"matchLabels": {"part-of": "shop", "app": "web"}},
		{"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]},
		{},
	] {
		_warn({_web, _budget(selector)}) == set()
	}
}

test_a_budget_for_several_workloads_passes if {
	api := _workload("StatefulSet", "api", 3, {"app": "api", "part-of": "shop"})
	_warn({_web, api, _budget({"matchLabels": {"part-of": "shop"}})}) == set()
	{f.resource.name | some f in _warn({_web, api, _budget({"matchLabels": {"app": "web"}})})} == {"api"}
}

# Draining one node takes a single pod down with or without a budget.
test_a_single_replica_passes if {
	_warn({_workload("Deployment", "web", 1, {"app": "web"})}) == set()
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

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    metadata:
      labels: {app: web}
`
