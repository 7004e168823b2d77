# METADATA
# title: Ingresses for hosts that are not named
# description: |
#   A rule without a host, or with a wildcard, takes the requests for hosts that
#   nobody else claims, and so may one day serve another team's. Kubernetes
#   documentation, "Ingress", hostname wildcards.
# custom:
#   id: security/ingress-wildcard-host
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Name the hosts in spec.rules, a rule each.
#   scope: resource
#   kinds: [networking.k8s.io/Ingress]
package holdfast.security.ingress_wildcard_host

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "rules", i]} if {
	some i, rule in input.resource.spec.rules
	is_object(rule)
	what := _unnamed(object.get(rule, "host", ""))
	msg := sprintf("%s takes %s", [names.title(input.resource), what])
}

# With rules that name hosts it takes the rest.
warn contains {"msg": msg, "path": ["spec", "defaultBackend"]} if {
	is_object(input.resource.spec.defaultBackend)
	msg := sprintf("%s takes every host, by its default backend", [names.title(input.resource)])
}

_unnamed(host) := "every host" if host in {"", null, "*"}

_unnamed(host) := sprintf("every host of %s", [substring(host, 2, -1)]) if {
	is_string(host)
	startswith(host, "*.")
}
