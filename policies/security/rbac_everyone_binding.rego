# METADATA
# title: Roles for all users or all service accounts
# description: |
#   The group system:authenticated has every user whom the cluster lets in, on
#   some providers whoever has an account there; system:serviceaccounts has each
#   pod of each namespace. A role for them is one that nobody can take from a
#   stolen account. The roles that Kubernetes itself gives to all users pass.
#   Kubernetes documentation, "Using RBAC Authorization", service account
#   permissions; "Role Based Access Control Good Practices".
# custom:
#   id: security/rbac-everyone-binding
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-3]
#   remediation: >-
#     Bind the role to the groups or service accounts that need it; for the pods of one namespace, to
#     system:serviceaccounts:NAMESPACE.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/RoleBinding, rbac.authorization.k8s.io/ClusterRoleBinding]
package holdfast.security.rbac_everyone_binding

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_everyone := {"system:authenticated", "system:serviceaccounts"}

# Those that the API server binds to all users by itself, and the keys of
# service account tokens, which are public.
_harmless := {
	"system:basic-user",
	"system:discovery",
	"system:public-info-viewer",
	"system:service-account-issuer-discovery",
}

deny contains {"msg": msg, "path": entry.path} if {
	some entry in rbac.subjects(input.resource)
	entry.subject.kind == "Group"
	entry.subject.name in _everyone
	not input.resource.roleRef.name in _harmless
	msg := sprintf("%s gives %s to %s", [names.title(input.resource), _role, entry.subject.name])
}

_role := sprintf("%s %q", [input.resource.roleRef.kind, input.resource.roleRef.name])
