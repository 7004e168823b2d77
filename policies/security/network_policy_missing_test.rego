package holdfast.security.network_policy_missing_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.network_policy_missing

_workload(kind, group, namespace, name) := [concat("/", [group, kind]), {
	"apiVersion": "v1",
	"kind": kind,
	"metadata": {"name": name, "namespace": namespace},
	"spec": {"template": {"metadata": {"labels": {"app": name}}, "spec": {}}},
}]

_web := _workload("Deployment", "apps", "shop", "web")

_namespace := ["core/Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}]

_policy(spec) := ["networking.k8s.io/NetworkPolicy", {
	"kind": "NetworkPolicy",
	"metadata": {"name": "default", "namespace": "shop"},
	"spec": spec,
}]

_warn(pairs) := found if {
	found := network_policy_missing.warn with data.holdfast.resources as samples.stored(pairs) with input as samples.of(null)
}

_identity(kind, namespace, name) := {"target": "prod", "apiVersion": "v1", "kind": kind, "namespace": namespace, "name": name}

test_a_namespace_without_is_found if {
	_warn({_namespace, _web, _workload("StatefulSet", "apps", "shop", "db")}) == {{
		"msg": `no NetworkPolicy restricts what reaches the pods of namespace "shop": Deployment "web", StatefulSet "db"`,
		"path": ["metadata", "name"],
		"resource": _identity("Namespace", "", "shop"),
	}}
}

test_without_its_manifest_it_is_found_at_a_workload if {
	_warn({_web}) == {{
		"msg": `no NetworkPolicy restricts what reaches the pods of namespace "shop": Deployment "web"`,
		"path": ["metadata"],
		"resource": _identity("Deployment", "shop", "web"),
	}}
	{f.msg | some f in _warn({_workload("Deployment", "apps", "", "web")})} == {
		`no NetworkPolicy restricts what reaches the pods of the default namespace: Deployment "web"`,
	}
}

test_each_kind_counts if {
	every group, kinds in {"apps": ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"], "core": ["Pod", "ReplicationController"]} {
		every kind in kinds {
			count(_warn({_workload(kind, group, "shop", "web")})) == 1
		}
	}
}

test_a_policy_passes if {
	_warn({_namespace, _web, _policy({"podSelector": {}, "policyTypes": ["Ingress"]})}) == set()
	_warn({_web, _policy({"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]})}) == set()
}

test_a_policy_for_others_is_found if {
	every spec in [
		{"podSelector": {}, "policyTypes": ["Egress"]},
		{"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]},
		{"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]},
	] {
		count(_warn({_web, _policy(spec)})) == 1
	}
}

test_nothing_passes if {
	_warn({_namespace}) == set()
	_warn({}) == set()
	_warn({_workload("Deployment", "apps", "kube-system", "dns")}) == set()
	_warn({_workload("CronJob", "batch", "shop", "report")}) == set()
}

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
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
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
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
