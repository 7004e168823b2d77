# METADATA
# title: Gateways without TLS
# description: |
#   A Gateway whose listeners all speak plain HTTP serves nothing that cannot be
#   read on the way. One that has a listener for HTTPS or TLS passes: HTTP is
#   then for redirects. Gateways of a service mesh (HBONE) and of raw TCP or UDP
#   pass too. Gateway API documentation, TLS configuration.
# custom:
#   id: security/gateway-tls
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-8]
#   remediation: >-
#     Add a listener of protocol HTTPS with tls.certificateRefs, and redirect HTTP to it.
#   scope: resource
#   kinds: [gateway.networking.k8s.io/Gateway]
package holdfast.security.gateway_tls

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "listeners"]} if {
	protocols := {listener.protocol | some listener in input.resource.spec.listeners}
	protocols == {"HTTP"}
	msg := sprintf("%s speaks HTTP only", [names.title(input.resource)])
}
