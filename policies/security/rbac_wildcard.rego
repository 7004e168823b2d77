# METADATA
# title: Wildcards in roles
# description: |
#   A * in verbs, resources or apiGroups grants what exists today and whatever
#   an upgrade or a new CustomResourceDefinition adds, such as subresources that
#   run commands. Everything at once is security/rbac-superuser. CIS Kubernetes
#   Benchmark 5.1.3; Kubernetes documentation, "Role Based Access Control Good
#   Practices", least privilege.
# custom:
#   id: security/rbac-wildcard
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Name the verbs, resources and apiGroups that are in use.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/Role, rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_wildcard

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_fields := ["verbs", "resources", "apiGroups", "nonResourceURLs"]

warn contains {"msg": msg, "path": ["rules", i]} if {
	some i, rule in rbac.rules(input.resource)
	wild := [field | some field in _fields; "*" in rule[field]]
	count(wild) > 0
	not _superuser
	msg := sprintf("%s grants * in %s", [names.title(input.resource), concat(", ", wild)])
}

# What such a role says beside it adds nothing.
_superuser if {
	input.resource.kind == "ClusterRole"
	some rule in input.resource.rules
	rbac.superuser(rule)
}
