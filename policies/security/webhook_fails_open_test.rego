package holdfast.security.webhook_fails_open_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.webhook_fails_open

_warn(webhooks) := found if {
	configuration := {"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "policy"}, "webhooks": webhooks}
	found := webhook_fails_open.warn with input as samples.of(configuration)
}

test_it_is_found if {
	_warn([{"name": "a.example.com", "failurePolicy": "Fail"}, {"name": "b.example.com", "failurePolicy": "Ignore"}]) == {{
		"msg": `ValidatingWebhookConfiguration "policy" lets in what webhook b.example.com does not answer for`,
		"path": ["webhooks", 1, "failurePolicy"],
	}}
	count(_warn([{"name": "a.example.com", "failurePolicy": "Ignore"}])) == 1
}

test_others_pass if {
	_warn([{"name": "a.example.com"}, {"name": "b.example.com", "failurePolicy": null}, null]) == set()
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
    failurePolicy: Fail
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
    failurePolicy: Ignore
`
