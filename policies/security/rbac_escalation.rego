# METADATA
# title: Roles that lead to more rights
# description: |
#   The verbs escalate and bind on roles give their holder rights that they do
#   not have, and impersonate makes them another user. Kubernetes documentation,
#   "Role Based Access Control Good Practices", privilege escalation risks. A
#   rule that names the objects passes, unless it names cluster-admin or
#   system:masters. CIS Kubernetes Benchmark 5.1.8.
# custom:
#   id: security/rbac-escalation
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Remove the verb, or name in resourceNames the roles that may be bound or the users that may be
#     impersonated.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_escalation

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_group := "rbac.authorization.k8s.io"

deny contains {"msg": msg, "path": grant.path} if {
	some grant in _grants
	not _limited(grant.rule)
	msg := sprintf("%s may %s", [names.title(input.resource), rbac.phrase(grant)])
}

_grants contains grant if {
	some grant in rbac.grants(input.resource, _group, {"roles", "clusterroles"}, {"escalate", "bind", "impersonate", "*"})
}

_grants contains grant if {
	some grant in rbac.grants(input.resource, "", {"users", "groups", "serviceaccounts"}, {"impersonate"})
}

_limited(rule) if {
	rbac.named(rule)
	not "cluster-admin" in rule.resourceNames
	not "system:masters" in rule.resourceNames
}
