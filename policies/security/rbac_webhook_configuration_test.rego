package holdfast.security.rbac_webhook_configuration_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.rbac_webhook_configuration

_role(rules) := {
	"apiVersion": "rbac.authorization.k8s.io/v1",
	"kind": "ClusterRole",
	"metadata": {"name": "operator"},
	"rules": rules,
}

_warn(rules) := found if {
	found := rbac_webhook_configuration.warn with input as samples.of(_role(rules))
}

_rule(groups, resources, verbs) := {"apiGroups": groups, "resources": resources, "verbs": verbs}

_counts(groups, resources, verbs) := count(_warn([_rule(groups, resources, verbs)]))

test_it_is_found if {
	_warn([_rule([""], ["services"], ["get"]), _rule(["admissionregistration.k8s.io"], ["validatingwebhookconfigurations", "services"], ["create", "none"])]) == {{
		"msg": `ClusterRole "operator" may create validatingwebhookconfigurations`,
		"path": ["rules", 1],
	}}
}

test_each_resource_and_verb_counts if {
	every resource in ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"] {
		_counts(["admissionregistration.k8s.io"], [resource], ["create"]) == 1
	}
	every verb in ["create", "update", "patch", "*"] {
		_counts(["admissionregistration.k8s.io"], ["validatingwebhookconfigurations"], [verb]) == 1
	}
}

test_other_rules_pass if {
	_counts(["admissionregistration.k8s.io"], ["validatingwebhookconfigurations"], ["none", "deletecollection"]) == 0
	_counts(["admissionregistration.k8s.io"], ["services"], ["*"]) == 0
	_counts(["example.com"], ["validatingwebhookconfigurations"], ["*"]) == 0
	_warn(null) == set()
}

test_named_objects_pass if {
	rule := _rule(["admissionregistration.k8s.io"], ["validatingwebhookconfigurations"], ["create"])
	_warn([object.union(rule, {"resourceNames": ["one"]})]) == set()
	count(_warn([object.union(rule, {"resourceNames": []})])) == 1
}

good_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [validatingwebhookconfigurations]
    verbs: [get, update]
    resourceNames: [operator]
`

bad_example := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: operator
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [validatingwebhookconfigurations, mutatingwebhookconfigurations]
    verbs: [create, update, patch]
`
