# METADATA
# title: Webhooks that can stop the cluster
# description: |
#   A webhook that must answer for the pods of all namespaces holds up those of
#   kube-system too, and its own: once it is down, nothing starts that could
#   bring it back. One with a namespaceSelector that leaves kube-system out
#   passes, with an objectSelector, with matchConditions or with failurePolicy
#   Ignore. Kubernetes documentation, "Admission Webhook Good Practices", avoid
#   kube-system and self-mutation.
# custom:
#   id: security/webhook-selects-everything
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Leave kube-system and the webhook's own namespace out, by namespaceSelector on the label
#     kubernetes.io/metadata.name.
#   scope: resource
#   kinds: [admissionregistration.k8s.io/ValidatingWebhookConfiguration, admissionregistration.k8s.io/MutatingWebhookConfiguration]
package holdfast.security.webhook_selects_everything

import data.holdfast.lib.names
import data.holdfast.lib.selectors

_kube_system := {"kubernetes.io/metadata.name": "kube-system"}

warn contains {"msg": msg, "path": ["webhooks", i]} if {
	some i, webhook in input.resource.webhooks
	_about_pods(webhook)
	not webhook.failurePolicy == "Ignore"
	selectors.matches(_selector(webhook, "namespaceSelector"), _kube_system)
	not _narrowed(webhook)
	msg := sprintf("webhook %v of %s must answer for the pods of kube-system", [webhook.name, names.title(input.resource)])
}

_about_pods(webhook) if {
	some rule in webhook.rules
	some resource in rule.resources
	resource in {"pods", "*", "*/*"}
	some group in rule.apiGroups
	group in {"", "*"}
	some operation in rule.operations
	operation in {"CREATE", "*"}
}

_selector(webhook, field) := webhook[field] if {
	is_object(webhook[field])
} else := {}

_narrowed(webhook) if _ := webhook.matchConditions[0]

_narrowed(webhook) if {
	some field in ["matchLabels", "matchExpressions"]
	some _ in webhook.objectSelector[field]
}
