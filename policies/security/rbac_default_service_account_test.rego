package holdfast.security.rbac_default_service_account_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_default_service_account

_binding(role, subjects) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRoleBinding",
	"metadata": {"name": "readers"},
	"roleRef": {"kind": "ClusterRole", "name": role},
	"subjects": subjects,
}

_group(name) := {"kind": "Group", "name": name}

_user(name) := {"kind": "User", "name": name}

_account(namespace, name) := {"kind": "ServiceAccount", "namespace": namespace, "name": name}

_judged(resource) := found if {
	found := rbac_default_service_account.deny with input as samples.of(resource)
}

_deny(role, subjects) := _judged(_binding(role, subjects))

test_the_default_account_is_found if {
	_deny("view", [_account("shop", "web"), _account("shop", "default")]) == {{
		"msg": `ClusterRoleBinding "readers" gives ClusterRole "view" to the default service account`,
		"path": ["subjects", 1],
	}}
	count(_deny("view", [_account("a", "default"), _account("b", "default")])) == 2
}

test_others_pass if {
	_deny("view", [_account("default", "web"), _user("default"), _group("default"), null]) == set()
	_deny("view", null) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: readers
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: web
    namespace: shop
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: readers
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: default
    namespace: shop
`
