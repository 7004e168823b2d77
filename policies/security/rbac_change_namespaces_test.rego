package holdfast.security.rbac_change_namespaces_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_change_namespaces

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_change_namespaces.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_it_is_found if {
	_warn([_rule([""], ["services"], ["get"]), _rule([""], ["namespaces", "services"], ["update", "none"])]) == {{
		"msg": `ClusterRole "operator" may update namespaces`,
		"path": ["rules", 1],
	}}
}

test_each_resource_and_verb_counts if {
	every resource in ["namespaces"] {
		_counts([""], [resource], ["update"]) == 1
	}
	every verb in ["update", "patch", "*"] {
		_counts([""], ["namespaces"], [verb]) == 1
	}
}

test_other_rules_pass if {
	_counts([""], ["namespaces"], ["none", "deletecollection"]) == 0
	_counts([""], ["services"], ["*"]) == 0
	_counts(["example.com"], ["namespaces"], ["*"]) == 0
	_warn(null) == set()
}

test_named_objects_pass if {
	rule := _rule([""], ["namespaces"], ["update"])
	_warn([object.union(rule, {"resourceNames": ["one"]})]) == set()
	count(_warn([object.union(rule, {"resourceNames": []})])) == 1
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [get, list, watch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [get, patch]
`
