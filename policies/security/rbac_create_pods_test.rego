package holdfast.security.rbac_create_pods_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_create_pods

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_create_pods.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_it_is_found if {
	_warn([_rule([""], ["services"], ["get"]), _rule([""], ["pods", "services"], ["create", "none"])]) == {{
		"msg": `ClusterRole "operator" may create pods`,
		"path": ["rules", 1],
	}}
}

test_each_resource_and_verb_counts if {
	every resource in ["pods", "replicationcontrollers", "podtemplates"] {
		_counts([""], [resource], ["create"]) == 1
	}
	every verb in ["create", "*"] {
		_counts([""], ["pods"], [verb]) == 1
	}
}

test_other_rules_pass if {
	_counts([""], ["pods"], ["none", "deletecollection"]) == 0
	_counts([""], ["services"], ["*"]) == 0
	_counts(["example.com"], ["pods"], ["*"]) == 0
	_warn(null) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch, delete]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, create]
`
