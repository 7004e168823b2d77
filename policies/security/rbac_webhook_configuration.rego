# METADATA
# title: Roles that write admission webhooks
# description: |
#   Whoever writes a ValidatingWebhookConfiguration or
#   MutatingWebhookConfiguration reads each object that is admitted to the
#   cluster, Secrets too, and with a mutating one changes it. A rule that names
#   the objects passes. Kubernetes documentation, "Role Based Access Control
#   Good Practices", privilege escalation risks. CIS Kubernetes Benchmark
#   5.1.12.
# custom:
#   id: security/rbac-webhook-configuration
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name in resourceNames the configurations that the holder keeps, and let Git create them.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_webhook_configuration

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"validatingwebhookconfigurations", "mutatingwebhookconfigurations"}

_verbs := {"create", "update", "patch", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "admissionregistration.k8s.io", _resources, _verbs)
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
