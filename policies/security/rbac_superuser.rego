# METADATA
# title: ClusterRoles that may do everything
# description: |
#   A ClusterRole that allows every verb on every resource of all API groups, or
#   of the core group, is cluster-admin by another name: whoever takes over a
#   process that has it has the cluster. CIS Kubernetes Benchmark 5.1.1 and
#   5.1.3; Kubernetes documentation, "Role Based Access Control Good Practices",
#   least privilege.
# custom:
#   id: security/rbac-superuser
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     List in rules the apiGroups, resources and verbs that are in use.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_superuser

import data.holdfast.lib.names
import data.holdfast.lib.rbac

warn contains {"msg": msg, "path": ["rules", i]} if {
	some i, rule in rbac.rules(input.resource)
	rbac.superuser(rule)
	msg := sprintf("%s may do everything with every resource of %s", [names.title(input.resource), _where(rule)])
}

_where(rule) := "all API groups" if {
	"*" in rule.apiGroups
} else := "the core API group"
