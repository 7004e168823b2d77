package holdfast.security.rbac_everyone_binding_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_everyone_binding

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
	found := rbac_everyone_binding.deny with input as samples.of(resource)
}

_deny(role, subjects) := _judged(_binding(role, subjects))

test_everyone_is_found if {
	_deny("view", [_group("devs"), _group("system:authenticated")]) == {{
		"msg": `ClusterRoleBinding "readers" gives ClusterRole "view" to system:authenticated`,
		"path": ["subjects", 1],
	}}
	_deny("edit", [_group("system:serviceaccounts")]) == {{
		"msg": `ClusterRoleBinding "readers" gives ClusterRole "edit" to system:serviceaccounts`,
		"path": ["subjects", 0],
	}}
}

test_others_pass if {
	_deny("view", [
		_group("system:serviceaccounts:shop"),
		_user("system:authenticated"),
		_account("shop", "system:serviceaccounts"),
		null,
	]) == set()
	_deny("view", null) == set()
}

test_what_all_users_have_passes if {
	every role in [
		"system:basic-user",
		"system:discovery",
		"system:public-info-viewer",
		"system:service-account-issuer-discovery",
	] {
		_deny(role, [_group("system:authenticated")]) == set()
	}
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
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: shop-developers
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
  - kind: Group
    apiGroup: rbac.authorization.k8s.io
    name: "system:authenticated"
`
