package holdfast.security.rbac_superuser_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_superuser

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_superuser.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_everything_is_found if {
	_warn([_rule([""], ["pods"], ["get"]), _rule(["*"], ["*"], ["*"])]) == {{
		"msg": `ClusterRole "operator" may do everything with every resource of all API groups`,
		"path": ["rules", 1],
	}}
}

test_the_core_group_is_enough if {
	_warn([_rule(["", "apps"], ["*"], ["*"])]) == {{
		"msg": `ClusterRole "operator" may do everything with every resource of the core API group`,
		"path": ["rules", 0],
	}}
}

test_less_passes if {
	_counts(["apps"], ["*"], ["*"]) == 0
	_counts(["*"], ["*"], ["get", "list"]) == 0
	_counts(["*"], ["pods"], ["*"]) == 0
	_warn([{"nonResourceURLs": ["*"], "verbs": ["*"]}]) == set()
	_warn(null) == set()
}

test_the_default_role_passes if {
	role := object.union(_role([_rule(["*"], ["*"], ["*"])]), {"metadata": {
		"name": "cluster-admin",
		"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
	}})
	found := rbac_superuser.warn with input as samples.of(role)
	found == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list, watch, patch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
`
