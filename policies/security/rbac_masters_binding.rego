# METADATA
# title: Bindings of system:masters
# description: |
#   The API server lets members of the group system:masters do everything before
#   it asks RBAC, and the right cannot be taken back without a new certificate
#   authority. A binding of it grants nothing and shows that accounts are in
#   that group. CIS Kubernetes Benchmark 5.1.7; Kubernetes documentation, "Role
#   Based Access Control Good Practices", least privilege.
# custom:
#   id: security/rbac-masters-binding
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Bind a group of your own to the role, and issue no credentials with system:masters.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/RoleBinding, rbac.authorization.k8s.io/ClusterRoleBinding]
package holdfast.security.rbac_masters_binding

import data.holdfast.lib.names
import data.holdfast.lib.rbac

deny contains {"msg": msg, "path": entry.path} if {
	some entry in rbac.subjects(input.resource)
	entry.subject.kind == "Group"
	entry.subject.name == "system:masters"
	msg := sprintf("%s is for system:masters", [names.title(input.resource)])
}
