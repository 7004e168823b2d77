# METADATA
# title: Bindings of cluster-admin
# description: |
#   A ClusterRoleBinding of cluster-admin gives all rights in the cluster, a
#   RoleBinding of it all rights in the namespace, the RoleBinding itself among
#   them. One finding a binding. CIS Kubernetes Benchmark 5.1.1; Kubernetes
#   documentation, "Role Based Access Control Good Practices", least privilege.
# custom:
#   id: security/rbac-cluster-admin-binding
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Bind a role of what is needed; admin or edit in a namespace is often enough.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/RoleBinding, rbac.authorization.k8s.io/ClusterRoleBinding]
package holdfast.security.rbac_cluster_admin_binding

import data.holdfast.lib.names
import data.holdfast.lib.rbac

warn contains {"msg": msg, "path": ["roleRef"]} if {
	input.resource.roleRef.name == "cluster-admin"
	subjects := sort([_title(entry.subject) | some entry in rbac.subjects(input.resource)])
	_ := subjects[0]
	msg := sprintf("%s gives cluster-admin to %s", [names.title(input.resource), concat(", ", subjects)])
}

_title(subject) := sprintf("ServiceAccount %q of namespace %q", [subject.name, subject.namespace]) if {
	subject.kind == "ServiceAccount"
} else := sprintf("%s %q", [subject.kind, subject.name])
