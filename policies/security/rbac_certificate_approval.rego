# METADATA
# title: Roles that approve certificates
# description: |
#   Whoever approves CertificateSigningRequests of the signer
#   kubernetes.io/kube-apiserver-client gets credentials of any user. Asked of
#   roles that may update or patch certificatesigningrequests/approval; one
#   whose rules allow approve for other signers only passes, since the API
#   server wants both rights. Kubernetes documentation, "Role Based Access
#   Control Good Practices", privilege escalation risks. CIS Kubernetes
#   Benchmark 5.1.11.
# custom:
#   id: security/rbac-certificate-approval
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name the signers in resourceNames of the rule with the verb approve, and leave
#     kubernetes.io/kube-apiserver-client out.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_certificate_approval

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_groups := ["certificates.k8s.io", ""]

_any_client := {"kubernetes.io/kube-apiserver-client", "kubernetes.io/*"}

deny contains {"msg": msg, "path": grant.path} if {
	some grant in _granted({"certificatesigningrequests/approval"}, {"update", "patch", "*"})
	not _harmless
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}

_approvals := _granted({"signers"}, {"approve", "*"})

# The core group is a common mistake for it, and the name says what is meant.
_granted(resources, verbs) := union({rbac.grants(input.resource, group, resources, verbs) | some group in _groups})

_harmless if {
	count(_approvals) > 0
	every approval in _approvals {
		rbac.named(approval.rule)
		not _reaches_clients(approval.rule)
	}
}

_reaches_clients(rule) if {
	some signer in rule.resourceNames
	signer in _any_client
}
