# METADATA
# title: Subnets whose machines reach Google over the Internet
# description: |
#   Without Private Google Access a machine needs an external address or NAT to
#   reach the APIs of Google. Google Cloud documentation, "Private Google
#   Access".
# custom:
#   id: security/google-subnet-private-access
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set private_ip_google_access to true.
#   scope: resource
#   kinds: [terraform/google_compute_subnetwork]
package holdfast.security.google_subnet_private_access

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	_for_machines
	not _on
	msg := sprintf("%s is without Private Google Access", [attributes.title])
	path := attributes.place(
		["private_ip_google_access"],
		[value | value := input.resource.spec.private_ip_google_access],
	)
}

_on if attributes.maybe_on(input.resource.spec.private_ip_google_access)

# Proxies, gateways and translation have no machines.
_for_machines if not input.resource.spec.purpose

_for_machines if input.resource.spec.purpose in {"PRIVATE", "PRIVATE_RFC_1918"}
