# METADATA
# title: Roles that issue tokens of service accounts
# description: |
#   Whoever may create serviceaccounts/token becomes any service account that
#   the role reaches. A rule that names the service accounts passes. Kubernetes
#   documentation, "Role Based Access Control Good Practices", privilege
#   escalation risks. CIS Kubernetes Benchmark 5.1.13.
# custom:
#   id: security/rbac-token-request
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name the service accounts in resourceNames, or remove serviceaccounts/token from the role.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_token_request

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"serviceaccounts/token"}

_verbs := {"create", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
