# METADATA
# title: Default role view made stronger
# description: |
#   A ClusterRole with the label rbac.authorization.k8s.io/aggregate-to-view
#   adds its rules to the role view, which reads, and no Secrets. One that
#   writes, reads Secrets or has a * in verbs, or in the resources of the core
#   group, makes readers into something else. Kubernetes documentation, "Using
#   RBAC Authorization", default roles.
# custom:
#   id: security/rbac-aggregate-to-view
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Leave get, list and watch and no secrets in the role, or remove the label and aggregate to edit
#     or admin.
#   scope: resource
#   kinds: [rbac.authorization.k8s.io/ClusterRole]
package holdfast.security.rbac_aggregate_to_view

import data.holdfast.lib.names
import data.holdfast.lib.rbac

_reads := {"get", "list", "watch"}

deny contains {"msg": msg, "path": ["rules", i]} if {
	input.resource.metadata.labels["rbac.authorization.k8s.io/aggregate-to-view"] == "true"
	some i, rule in rbac.rules(input.resource)
	what := _beyond(rule)
	msg := sprintf("%s adds %s to the role view", [names.title(input.resource), what])
}

_beyond(rule) := concat(", ", verbs) if {
	some _ in rule.resources
	verbs := sort([verb | some verb in rule.verbs; is_string(verb); not verb in _reads])
	_ := verbs[0]
} else := "reading Secrets" if {
	some resource in rule.resources
	resource in {"secrets", "*"}
	some group in rule.apiGroups
	group in {"", "*"}
}
