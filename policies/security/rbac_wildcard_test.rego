package holdfast.security.rbac_wildcard_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_wildcard

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_wildcard.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_each_field_is_found if {
	_warn([_rule(["apps"], ["deployments"], ["get", "*"]), _rule([""], ["*"], ["get"])]) == {
		{"msg": `ClusterRole "operator" grants * in verbs`, "path": ["rules", 0]},
		{"msg": `ClusterRole "operator" grants * in resources`, "path": ["rules", 1]},
	}
	_warn([_rule(["*"], ["pods"], ["get"])]) == {{
		"msg": `ClusterRole "operator" grants * in apiGroups`,
		"path": ["rules", 0],
	}}
	_warn([{"nonResourceURLs": ["*"], "verbs": ["*"]}]) == {{
		"msg": `ClusterRole "operator" grants * in verbs, nonResourceURLs`,
		"path": ["rules", 0],
	}}
}

# In a Role it is not everything, and no other rule speaks of it.
test_a_role_counts if {
	role := object.union(_role([_rule(["*"], ["*"], ["*"])]), {"kind": "Role"})
	found := rbac_wildcard.warn with input as samples.of(role)
	found == {{"msg": `Role "operator" grants * in verbs, resources, apiGroups`, "path": ["rules", 0]}}
}

test_everything_at_once_is_of_another_rule if {
	_warn([_rule(["*"], ["*"], ["*"]), {"nonResourceURLs": ["*"], "verbs": ["*"]}]) == set()
}

test_names_pass if {
	_counts(["apps"], ["deployments", "deployments/scale"], ["get"]) == 0
	_warn([{"nonResourceURLs": ["/healthz/*"], "verbs": ["get"]}]) == set()
	_warn([_rule(null, null, null), null]) == set()
	_warn(null) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [apps]
    resources: [deployments, deployments/scale]
    verbs: [get, list, watch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [apps]
    resources: ["*"]
    verbs: [get, list, watch]
`
