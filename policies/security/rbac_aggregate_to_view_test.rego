package holdfast.security.rbac_aggregate_to_view_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_aggregate_to_view

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_deny(rules) := found if {
	found := rbac_aggregate_to_view.deny with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_deny([_rule(groups, resources, verbs)]))

_labelled(value, rules) := found if {
	role := object.union(_role(rules), {"metadata": {"labels": {"rbac.authorization.k8s.io/aggregate-to-view": value}}})
	found := rbac_aggregate_to_view.deny with input as samples.of(role)
}

test_writing_is_found if {
	_labelled("true", [_rule(["example.com"], ["apps"], ["get", "list", "watch"]), _rule(
		["example.com"],
		["apps"],
		["get", "update", "create"],
	)]) == {{
		"msg": `ClusterRole "operator" adds create, update to the role view`,
		"path": ["rules", 1],
	}}
	{f.msg | some f in _labelled("true", [_rule(["example.com"], ["apps"], ["*"])])} == {
		`ClusterRole "operator" adds * to the role view`,
	}
}

test_reading_secrets_is_found if {
	every resource in ["secrets", "*"] {
		every group in ["", "*"] {
			_labelled("true", [_rule([group], ["pods", resource], ["get"])]) == {{
				"msg": `ClusterRole "operator" adds reading Secrets to the role view`,
				"path": ["rules", 0],
			}}
		}
	}
}

test_reading_passes if {
	_labelled("true", [
		_rule(["example.com"], ["*"], ["get", "list", "watch"]),
		_rule(["example.com"], ["secrets"], ["get"]),
		_rule([""], ["pods/log"], ["get"]),
		_rule(null, null, null),
		_rule(["example.com"], ["apps"], ["get", null]),
		{"nonResourceURLs": ["/healthz"], "verbs": ["head"]},
	]) == set()
	_labelled("true", null) == set()
}

test_other_labels_pass if {
	_labelled("false", [_rule([""], ["secrets"], ["*"])]) == set()
	_deny([_rule([""], ["secrets"], ["*"])]) == set()
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: crontabs-view
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: "true"
rules:
  - apiGroups: [stable.example.com]
    resources: [crontabs]
    verbs: [get, list, watch]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: crontabs-view
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: "true"
rules:
  - apiGroups: [stable.example.com]
    resources: [crontabs]
    verbs: [get, list, watch, patch]
`
