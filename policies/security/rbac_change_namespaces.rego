# METADATA
# title: Roles that change namespaces
# description: |
#   Whoever may update or patch a Namespace takes the labels off by which Pod
#   Security and NetworkPolicies hold for it. A rule that names the namespaces
#   passes. Kubernetes documentation, "Role Based Access Control Good
#   Practices", privilege escalation risks.
# custom:
#   id: security/rbac-change-namespaces
#   category: security
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name in resourceNames the namespaces that the holder keeps, or remove update and patch.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_change_namespaces

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_resources := {"namespaces"}

_verbs := {"update", "patch", "*"}

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", _resources, _verbs)
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
