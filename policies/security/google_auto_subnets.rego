# METADATA
# title: Networks with a subnet in every region
# description: |
#   A network in auto mode has a subnet in every region there is and ever will
#   be, with addresses that nobody planned and that collide with those of every
#   other one. Google Cloud documentation, "VPC networks", "Considerations for
#   auto mode VPC networks".
# custom:
#   id: security/google-auto-subnets
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set auto_create_subnetworks to false and add the subnets that are needed.
#   scope: resource
#   kinds: [terraform/google_compute_network]
package holdfast.security.google_auto_subnets

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _off
	msg := sprintf("%s has a subnet in every region", [attributes.title])
	path := attributes.place(
		["auto_create_subnetworks"],
		[value | value := input.resource.spec.auto_create_subnetworks],
	)
}

_off if attributes.maybe_off(input.resource.spec.auto_create_subnetworks)
