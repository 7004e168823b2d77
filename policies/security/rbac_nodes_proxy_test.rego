package holdfast.security.rbac_nodes_proxy_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_nodes_proxy

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_deny(rules) := found if {
	found := rbac_nodes_proxy.deny with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_deny([_rule(groups, resources, verbs)]))

test_it_is_found if {
	_deny([_rule([""], ["services"], ["get"]), _rule([""], ["nodes/proxy", "services"], ["get", "none"])]) == {{
		"msg": `ClusterRole "operator" may get nodes/proxy`,
		"path": ["rules", 1],
	}}
}

test_each_resource_and_verb_counts if {
	every resource in ["nodes/proxy"] {
		_counts([""], [resource], ["get"]) == 1
	}
	every verb in ["get", "create", "update", "patch", "delete", "*"] {
		_counts([""], ["nodes/proxy"], [verb]) == 1
	}
}

test_other_rules_pass if {
	_counts([""], ["nodes/proxy"], ["none", "deletecollection"]) == 0
	_counts([""], ["services"], ["*"]) == 0
	_counts(["example.com"], ["nodes/proxy"], ["*"]) == 0
	_deny(null) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [nodes/metrics]
    verbs: [get]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [nodes, nodes/proxy]
    verbs: [get]
`
