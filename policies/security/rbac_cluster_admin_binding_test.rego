package holdfast.security.rbac_cluster_admin_binding_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_cluster_admin_binding

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
	found := rbac_cluster_admin_binding.warn with input as samples.of(resource)
}

_warn(role, subjects) := _judged(_binding(role, subjects))

test_it_is_found_once_a_binding if {
	_warn("cluster-admin", [object.union(_user("ann"), {"namespace": "ci"}), _account("ci", "deployer")]) == {{
		"msg": `ClusterRoleBinding "readers" gives cluster-admin to ServiceAccount "deployer" of namespace "ci", User "ann"`,
		"path": ["roleRef"],
	}}
}

test_in_a_namespace_too if {
	_judged(object.union(_binding("cluster-admin", [_group("devs")]), {"kind": "RoleBinding"})) == {{
		"msg": `RoleBinding "readers" gives cluster-admin to Group "devs"`,
		"path": ["roleRef"],
	}}
}

# One that is written in a namespace under that name is meant as such.
test_a_role_of_that_name_counts if {
	role := object.union(_binding("cluster-admin", [_user("ann")]), {"roleRef": {"kind": "Role"}})
	count(_judged(role)) == 1
}

test_other_roles_pass if {
	_warn("admin", [_user("ann")]) == set()
	_warn("cluster-admins", [_user("ann")]) == set()
	_warn(null, [_user("ann")]) == set()
}

test_nobody_passes if {
	_warn("cluster-admin", []) == set()
	_warn("cluster-admin", null) == set()
	_warn("cluster-admin", [null]) == set()
}

test_the_default_binding_passes if {
	_judged(object.union(_binding("cluster-admin", [_group("system:masters")]), {"metadata": {
		"name": "cluster-admin",
		"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
	}})) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: readers
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
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
  name: cluster-admin
subjects:
  - kind: ServiceAccount
    name: deployer
    namespace: ci
`
