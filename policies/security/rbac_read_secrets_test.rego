package holdfast.security.rbac_read_secrets_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_read_secrets

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_read_secrets.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_reading_is_found if {
	_warn([_rule([""], ["configmaps", "secrets"], ["get", "create"])]) == {{
		"msg": `ClusterRole "operator" may get secrets`,
		"path": ["rules", 0],
	}}
	every verb in ["list", "watch", "*"] {
		_counts([""], ["secrets"], [verb]) == 1
	}
	_counts(["*"], ["secrets"], ["get"]) == 1
}

test_other_rules_pass if {
	_counts([""], ["secrets"], ["create", "delete"]) == 0
	_counts([""], ["configmaps"], ["get"]) == 0
	_counts(["example.com"], ["secrets"], ["get"]) == 0
	_warn(null) == set()
}

test_named_secrets_pass if {
	rule := _rule([""], ["secrets"], ["get"])
	_warn([object.union(rule, {"resourceNames": ["operator-tls"]})]) == set()
	count(_warn([object.union(rule, {"resourceNames": []})])) == 1
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get]
    resourceNames: [operator-tls]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list, watch]
`
