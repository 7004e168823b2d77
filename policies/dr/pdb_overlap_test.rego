package holdfast.dr.pdb_overlap_test

import data.holdfast.dr.pdb_overlap
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_web := clusters.workload("Deployment", "web", 2)

_budget(name, selector) := clusters.make("policy/v1", "PodDisruptionBudget", name, {
	"maxUnavailable": 1,
	"selector": selector,
})

_own := _budget("web", {"matchLabels": {"app": "web"}})

_all := _budget("all", {})

_deny(resources) := found if {
	found := pdb_overlap.deny with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

test_two_budgets_are_found if {
	_deny([_web, _own, _all]) == {{
		"msg": concat("", [
			`the pods of Deployment "web" are selected by 2 PodDisruptionBudgets (all, web), `,
			"and so cannot be evicted",
		]),
		"path": ["spec", "selector"],
		"resource": clusters.identity(_own),
	}}
}

test_each_workload_is_found if {
	api := clusters.workload("StatefulSet", "api", 1)
	found := _deny([_web, api, _all, _budget("more", {"matchExpressions": [{"key": "app", "operator": "Exists"}]})])
	{f.msg | some f in found} == {sprintf("%s are selected by 2 PodDisruptionBudgets (all, more), and so cannot be evicted", [of]) |
		some of in [`the pods of Deployment "web"`, `the pods of StatefulSet "api"`]
	}
}

test_three_budgets_are_one_finding if {
	count(_deny([_web, _own, _all, _budget("third", {})])) == 1
}

test_one_budget_for_each_passes if {
	api := clusters.workload("StatefulSet", "api", 2)
	_deny([_web, api, _own, _budget("api", {"matchLabels": {"app": "api"}})]) == set()
	_deny([_web, api, _all]) == set()
	_deny([_web]) == set()
}

test_a_budget_of_another_namespace_passes if {
	_deny([_web, _own, clusters.at(_all, {"namespace": "other"})]) == set()
}

test_a_null_selector_selects_nothing if {
	_deny([_web, _own, _budget("none", null)]) == set()
}

test_switched_off_passes if {
	_deny([clusters.workload("Deployment", "web", 0), _own, _all]) == set()
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
  maxUnavailable: 1
  selector:
    matchLabels: {app: web}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: everything
  namespace: shop
spec:
  maxUnavailable: 1
  selector: {}
`
