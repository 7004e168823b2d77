# METADATA
# title: Validating webhooks that fail open
# description: |
#   With failurePolicy Ignore what a validating webhook forbids is let in while
#   it does not answer, and whoever can stop it can go past it. Kubernetes
#   documentation, "Admission Webhook Good Practices". Mutating webhooks may
#   fail open if what they set is validated.
# custom:
#   id: security/webhook-fails-open
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set failurePolicy to Fail, run several replicas of the webhook, and leave its own namespace out
#     by namespaceSelector.
#   scope: resource
#   kinds: [admissionregistration.k8s.io/ValidatingWebhookConfiguration]
package holdfast.security.webhook_fails_open

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["webhooks", i, "failurePolicy"]} if {
	some i, webhook in input.resource.webhooks
	webhook.failurePolicy == "Ignore"
	msg := sprintf("%s lets in what webhook %v does not answer for", [names.title(input.resource), webhook.name])
}
