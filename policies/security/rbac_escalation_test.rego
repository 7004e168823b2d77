package holdfast.security.rbac_escalation_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_escalation

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_deny(rules) := found if {
	found := rbac_escalation.deny with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_deny([_rule(groups, resources, verbs)]))

_rbac := "rbac.authorization.k8s.io"

test_binding_is_found if {
	_deny([_rule([_rbac], ["clusterroles", "roles"], ["bind", "get", "escalate"])]) == {{
		"msg": `ClusterRole "operator" may bind, escalate clusterroles, roles`,
		"path": ["rules", 0],
	}}
	_counts([_rbac], ["roles"], ["escalate"]) == 1
	_counts([_rbac], ["roles"], ["impersonate"]) == 1
	_counts(["*"], ["clusterroles"], ["*"]) == 1
}

test_impersonating_is_found if {
	_deny([_rule([""], ["serviceaccounts"], ["impersonate"])]) == {{
		"msg": `ClusterRole "operator" may impersonate serviceaccounts`,
		"path": ["rules", 0],
	}}
	_counts([""], ["users"], ["impersonate"]) == 1
	_counts([""], ["groups"], ["impersonate"]) == 1
}

# They mean nothing of other resources, and what is not named is another rule's.
test_other_rules_pass if {
	_counts([_rbac], ["clusterroles"], ["get", "list", "create"]) == 0
	_counts([""], ["serviceaccounts"], ["get", "*"]) == 0
	_counts(["apps"], ["deployments"], ["escalate", "bind", "impersonate"]) == 0
	_counts([_rbac], ["*"], ["*"]) == 0
	_deny(null) == set()
}

_named(resource_names) := count(_deny([object.union(
	_rule([_rbac], ["clusterroles"], ["bind"]),
	{"resourceNames": resource_names},
)]))

test_named_roles_pass if {
	_named(["view", "edit"]) == 0
	_named([]) == 1
	_named(["view", "cluster-admin"]) == 1
}

test_system_masters_is_found if {
	_named(["system:masters"]) == 1
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [bind]
    resourceNames: [view]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [get, bind, escalate]
`
