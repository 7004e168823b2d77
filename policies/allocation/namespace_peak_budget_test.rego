package holdfast.allocation.namespace_peak_budget_test

import data.holdfast.allocation.namespace_peak_budget
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {pods: "5"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`

bad_example := `apiVersion: v1
kind: ResourceQuota
metadata:
  name: compute
  namespace: shop
spec:
  hard: {pods: "4"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`

_warn(hard, replicas) := found if {
	found := namespace_peak_budget.warn with data.holdfast.resources as samples.stored({
		["core/ResourceQuota", {
			"apiVersion": "v1",
			"kind": "ResourceQuota",
			"metadata": {"name": "compute", "namespace": "shop"},
			"spec": {"hard": hard},
		}],
		["apps/Deployment", {
			"kind": "Deployment",
			"metadata": {"name": "web", "namespace": "shop"},
			"spec": {
				"replicas": replicas,
				"template": {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}}}]}},
			},
		}],
		["autoscaling/HorizontalPodAutoscaler", {
			"kind": "HorizontalPodAutoscaler",
			"metadata": {"name": "web", "namespace": "shop"},
			"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 8},
		}],
	})
}

test_the_peak_is_found if {
	_warn({"requests.cpu": "9", "pods": "9"}, 2) == {{
		"msg": concat("", [
			`scaled out and rolled out, the workloads of namespace "shop" exceed its quota: `,
			`pods 10 of 9 in ResourceQuota "compute", CPU 10 of 9 in ResourceQuota "compute"`,
		]),
		"path": ["spec", "hard", "pods"],
		"resource": {"target": "prod", "apiVersion": "v1", "kind": "ResourceQuota", "namespace": "shop", "name": "compute"},
	}}
}

test_what_fits_passes if {
	_warn({"requests.cpu": "10", "pods": "10"}, 2) == set()
	_warn({}, 2) == set()
}

# That is another rule's.
test_what_exceeds_it_anyway_passes if {
	_warn({"requests.cpu": "1", "pods": "9"}, 2) == set()
}

test_what_is_switched_off_passes if {
	_warn({"pods": "0"}, 0) == set()
}

test_one_part_alone if {
	{[f.path, f.resource.name] | some f in _warn({"pods": "9"}, 2)} == {[["spec", "hard", "pods"], "compute"]}
}
