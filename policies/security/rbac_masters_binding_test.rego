package holdfast.security.rbac_masters_binding_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_masters_binding

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
	found := rbac_masters_binding.deny with input as samples.of(resource)
}

_deny(role, subjects) := _judged(_binding(role, subjects))

test_masters_are_found if {
	_deny("view", [_group("devs"), _group("system:masters")]) == {{
		"msg": `ClusterRoleBinding "readers" is for system:masters`,
		"path": ["subjects", 1],
	}}
	count(_judged(object.union(_binding("view", [_group("system:masters")]), {"kind": "RoleBinding"}))) == 1
}

test_others_pass if {
	_deny("view", [_group("masters"), _user("system:masters"), null]) == set()
	_deny("view", null) == set()
}

test_the_default_binding_passes if {
	_judged(object.union(_binding("cluster-admin", [_group("system:masters")]), {"metadata": {
		"name": "cluster-admin",
		"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
	}})) == set()
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
    name: platform-team
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
    name: "system:masters"
`
