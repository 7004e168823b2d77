# METADATA
# title: ClusterRoles that read Secrets
# description: |
#   Bound by a ClusterRoleBinding, it reads the Secrets of all namespaces, the
#   tokens of service accounts among them; list and watch show the contents as
#   get does. A rule that names the Secrets passes. CIS Kubernetes Benchmark
#   5.1.2; Kubernetes documentation, "Role Based Access Control Good Practices",
#   listing secrets.
# custom:
#   id: security/rbac-read-secrets
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Grant it in a Role of the namespaces concerned, or name in resourceNames the Secrets that are
#     read.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_read_secrets

import data.holdfast.lib.names
import data.holdfast.lib.rbac

warn contains {"msg": msg, "path": grant.path} if {
	some grant in rbac.grants(input.resource, "", {"secrets"}, {"get", "list", "watch", "*"})
	not rbac.named(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}
