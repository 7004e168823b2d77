package holdfast.security.rbac_public_binding_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_public_binding

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
	found := rbac_public_binding.deny with input as samples.of(resource)
}

_deny(role, subjects) := _judged(_binding(role, subjects))

test_anonymous_is_found if {
	_deny("view", [_user("ann"), _user("system:anonymous")]) == {{
		"msg": `ClusterRoleBinding "readers" gives ClusterRole "view" to system:anonymous, which is everyone`,
		"path": ["subjects", 1],
	}}
	_deny("view", [_group("system:unauthenticated")]) == {{
		"msg": `ClusterRoleBinding "readers" gives ClusterRole "view" to system:unauthenticated, which is everyone`,
		"path": ["subjects", 0],
	}}
}

test_the_kinds_are_often_confused if {
	count(_deny("view", [_group("system:anonymous")])) == 1
	count(_deny("view", [_user("system:unauthenticated")])) == 1
}

test_others_pass if {
	_deny("view", [
		_group("system:authenticated"),
		_account("shop", "system:anonymous"),
		null,
	]) == set()
	_deny("view", null) == set()
}

test_what_is_public_by_design_passes if {
	every role in [
		"system:public-info-viewer",
		"system:service-account-issuer-discovery",
		"kubeadm:bootstrap-signer-clusterinfo",
	] {
		_deny(role, [_group("system:unauthenticated")]) == set()
	}
	count(_deny("system:discovery", [_group("system:unauthenticated")])) == 1
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
    name: "system:unauthenticated"
`
