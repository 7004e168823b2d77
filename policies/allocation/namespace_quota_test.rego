package holdfast.allocation.namespace_quota_test

import data.holdfast.allocation.namespace_quota
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {team: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
---
apiVersion: v1
kind: ResourceQuota
metadata:
  name: bounds
  namespace: shop
spec: {}
`

bad_example := `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {team: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
`

_namespace(name) := ["core/Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}]

_of(group_kind, namespace) := [group_kind, {"metadata": {"name": "a", "namespace": namespace}}]

_warn_of(stored) := found if {
	found := namespace_quota.warn with input as samples.of(null) with data.holdfast.resources as stored
}

_warn(pairs) := _warn_of(samples.stored(pairs))

test_workloads_without_one_are_found if {
	_warn({_namespace("shop"), _of("apps/Deployment", "shop"), _namespace("empty"), _of("core/ConfigMap", "empty")}) == {{
		"msg": `namespace "shop" has workloads and no ResourceQuota`,
		"path": ["metadata", "name"],
		"resource": {"target": "prod", "apiVersion": "v1", "kind": "Namespace", "namespace": "", "name": "shop"},
	}}
}

test_one_passes if {
	_warn({_namespace("shop"), _of("apps/Deployment", "shop"), _of("core/ResourceQuota", "shop")}) == set()
	count(_warn({_namespace("shop"), _of("apps/Deployment", "shop"), _of("core/ResourceQuota", "other")})) == 1
}

test_one_of_another_target_passes if {
	_warn_of(object.union(
		samples.stored({_namespace("shop"), _of("apps/Deployment", "shop")}),
		{"base": samples.stored({_of("core/ResourceQuota", "shop")}).prod},
	)) == set()
}

test_every_sort_of_workload_counts if {
	every kind in ["core/Pod", "apps/DaemonSet", "batch/CronJob"] {
		count(_warn({_namespace("shop"), _of(kind, "shop")})) == 1
	}
}

test_others_pass if {
	_warn({_namespace("kube-system"), _of("apps/Deployment", "kube-system")}) == set()
	_warn({_of("apps/Deployment", "shop")}) == set()
	_warn_of({"prod": {"core/Namespace": {"": {"shop": _namespace("shop")[1]}}, "apps/Deployment": {"shop": {}}}}) == set()
}
