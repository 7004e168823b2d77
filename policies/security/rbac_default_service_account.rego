# METADATA
# title: Roles for the default service account
# description: |
#   What is bound to the service account default holds for each pod of the
#   namespace that names no other, today's and tomorrow's. CIS Kubernetes
#   Benchmark 5.1.5; Kubernetes documentation, "Using RBAC Authorization",
#   service account permissions.
# custom:
#   id: security/rbac-default-service-account
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Create a ServiceAccount for the workload that needs the role, bind the role to it, and name it
#     in serviceAccountName.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/RoleBinding, rbac.authorization.k8s.io/ClusterRoleBinding]
package holdfast.security.rbac_default_service_account

import data.holdfast.lib.names
import data.holdfast.lib.rbac

deny contains {"msg": msg, "path": entry.path} if {
	some entry in rbac.subjects(input.resource)
	entry.subject.kind == "ServiceAccount"
	entry.subject.name == "default"
	role := input.resource.roleRef
	msg := sprintf("%s gives %s %q to the default service account", [names.title(input.resource), role.kind, role.name])
}
