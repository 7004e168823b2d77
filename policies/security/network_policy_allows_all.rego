# METADATA
# title: NetworkPolicies that allow everything
# description: |
#   A NetworkPolicy that selects all pods of the namespace and whose rule has no
#   peer, or a block of all addresses, and no port undoes every other policy of
#   the namespace, since policies add up. Asked of Ingress; that pods reach
#   everything is security/network-policy-egress. Kubernetes documentation,
#   "Network Policies", allow all ingress traffic.
# custom:
#   id: security/network-policy-allows-all
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Name the peers or the ports in the rule, or in podSelector the pods that are for everyone.
#   scope: resource
#   kinds: [networking.k8s.io/NetworkPolicy]
package holdfast.security.network_policy_allows_all

import data.holdfast.lib.isolation
import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "ingress", i]} if {
	some i, rule in input.resource.spec.ingress
	isolation.open(rule, "Ingress")
	_selects_all
	isolation.of_direction(input.resource, "Ingress")
	msg := sprintf("%s lets everything reach all pods of its namespace", [names.title(input.resource)])
}

_selects_all if {
	selector := object.get(input.resource.spec, "podSelector", {})
	is_object(selector)
	not _some_of(selector, "matchLabels")
	not _some_of(selector, "matchExpressions")
}

_some_of(selector, field) if some _ in selector[field]
