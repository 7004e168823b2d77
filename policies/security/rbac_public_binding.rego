# METADATA
# title: Roles for everyone who can reach the API server
# description: |
#   The user system:anonymous and the group system:unauthenticated are whoever
#   sends a request without credentials. The roles that Kubernetes itself gives
#   them, for health, version and the discovery of tokens' issuers, pass. CIS
#   Kubernetes Benchmark 5.1.10; Kubernetes documentation, "Role Based Access
#   Control Good Practices", hardening.
# custom:
#   id: security/rbac-public-binding
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ac-3, nist-800-53/ac-14]
#   remediation: >-
#     Bind the role to the users, groups or service accounts that need it.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/RoleBinding, rbac.authorization.k8s.io/ClusterRoleBinding]
package holdfast.security.rbac_public_binding

import data.holdfast.lib.names
import data.holdfast.lib.rbac

# A user and a group: either is meant, whatever the kind that is written.
_public := {"system:anonymous", "system:unauthenticated"}

# What needs no credentials by design: /healthz and /version, the keys of
# service account tokens, and kubeadm's cluster-info of those who join.
_harmless := {
	"system:public-info-viewer",
	"system:service-account-issuer-discovery",
	"kubeadm:bootstrap-signer-clusterinfo",
}

deny contains {"msg": msg, "path": entry.path} if {
	some entry in rbac.subjects(input.resource)
	entry.subject.kind in {"User", "Group"}
	entry.subject.name in _public
	not input.resource.roleRef.name in _harmless
	msg := sprintf("%s gives %s to %s, which is everyone", [names.title(input.resource), _role, entry.subject.name])
}

_role := sprintf("%s %q", [input.resource.roleRef.kind, input.resource.roleRef.name])
