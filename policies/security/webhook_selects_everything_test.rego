package holdfast.security.webhook_selects_everything_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.webhook_selects_everything

_pods := {"apiGroups": [""], "resources": ["pods"], "operations": ["CREATE"]}

_webhook(changes) := object.union({"name": "policy.example.com", "rules": [_pods]}, changes)

_warn(webhooks) := found if {
	configuration := {"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "policy"}, "webhooks": webhooks}
	found := webhook_selects_everything.warn with input as samples.of(configuration)
}

_count(changes) := count(_warn([_webhook(changes)]))

_rule(changes) := _count({"rules": [object.union(_pods, changes)]})

_not_in(key, values) := {"namespaceSelector": {"matchExpressions": [{"key": key, "operator": "NotIn", "values": values}]}}

test_it_is_found if {
	_warn([_webhook({"failurePolicy": "Ignore"}), _webhook({})]) == {{
		"msg": `webhook policy.example.com of ValidatingWebhookConfiguration "policy" must answer for the pods of kube-system`,
		"path": ["webhooks", 1],
	}}
	_count({"failurePolicy": "Fail"}) == 1
}

test_what_leaves_kube_system_in_is_found if {
	_count(_not_in("kubernetes.io/metadata.name", ["policy"])) == 1
	_count({"namespaceSelector": {}}) == 1
	_count({"namespaceSelector": null, "objectSelector": null, "matchConditions": null}) == 1
	_count({"objectSelector": {"matchLabels": {}, "other": ["a"]}, "matchConditions": []}) == 1
}

test_what_is_narrowed_passes if {
	_count(_not_in("kubernetes.io/metadata.name", ["kube-system", "policy"])) == 0
	_count({"namespaceSelector": {"matchLabels": {"policy": "on"}}}) == 0
	_count({"objectSelector": {"matchLabels": {"policy": "on"}}}) == 0
	_count({"objectSelector": {"matchExpressions": [{"key": "policy", "operator": "Exists"}]}}) == 0
	_count({"matchConditions": [{"name": "a", "expression": "true"}]}) == 0
}

test_each_rule_about_pods_counts if {
	every changes in [
		{"apiGroups": ["*"], "resources": ["*"], "operations": ["*"]},
		{"resources": ["services", "*/*"]},
	] {
		_rule(changes) == 1
	}
}

test_other_rules_pass if {
	every changes in [
		{"apiGroups": ["apps"]},
		{"resources": ["services"]},
		{"operations": ["DELETE"]},
		{"apiGroups": null},
	] {
		_rule(changes) == 0
	}
	_count({"rules": null}) == 0
	_warn(null) == set()
}

good_example := `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: policy
webhooks:
  - name: policy.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {name: policy, namespace: policy}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    namespaceSelector:
      matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, policy]}]
`

bad_example := `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: policy
webhooks:
  - name: policy.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: {service: {name: policy, namespace: policy}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    failurePolicy: Fail
`
