package holdfast.security.rbac_pod_exec_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_pod_exec

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_pod_exec.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_it_is_found if {
	_warn([_rule([""], ["services"], ["get"]), _rule([""], ["pods/exec", "services"], ["create", "none"])]) == {{
		"msg": `ClusterRole "operator" may create pods/exec`,
		"path": ["rules", 1],
	}}
}

test_each_resource_and_verb_counts if {
	every resource in ["pods/exec", "pods/attach", "pods/ephemeralcontainers"] {
		_counts([""], [resource], ["create"]) == 1
	}
	every verb in ["create", "get", "update", "patch", "*"] {
		_counts([""], ["pods/exec"], [verb]) == 1
	}
}

test_other_rules_pass if {
	_counts([""], ["pods/exec"], ["none", "deletecollection"]) == 0
	_counts([""], ["services"], ["*"]) == 0
	_counts(["example.com"], ["pods/exec"], ["*"]) == 0
	_warn(null) == set()
}

test_named_objects_pass if {
	rule := _rule([""], ["pods/exec"], ["create"])
	_warn([object.union(rule, {"resourceNames": ["one"]})]) == set()
	count(_warn([object.union(rule, {"resourceNames": []})])) == 1
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [pods, pods/log]
    verbs: [get, list, watch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
`
