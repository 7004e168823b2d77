# METADATA
# title: Roles that read Secrets
# description: |
#   Whoever holds it reads all Secrets of the namespace; list and watch show the
#   contents as get does. A rule that names the Secrets passes. CIS Kubernetes
#   Benchmark 5.1.2; Kubernetes documentation, "Role Based Access Control Good
#   Practices", listing secrets.
# custom:
#   id: security/rbac-read-namespace-secrets
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name in resourceNames the Secrets that are read.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role]
package holdfast.security.rbac_read_namespace_secrets

import data.holdfast.lib.names
import data.holdfast.lib.rbac

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", {"secrets"}, {"get", "list", "watch", "*"})
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
