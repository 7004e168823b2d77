# METADATA
# title: Cloud SQL instances with a public address
# description: |
#   A database with a public address is one authorized network away from the
#   Internet. An instance has one unless ipv4_enabled is false. CIS Google Cloud
#   Platform Foundation Benchmark 2.0.0, 6.6.
# custom:
#   id: security/google-sql-public-ip
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/6.6]
#   remediation: >-
#     Set ip_configuration.ipv4_enabled to false and private_network to the network, or use Private
#     Service Connect.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.security.google_sql_public_ip

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _private
	msg := sprintf("%s has a public address", [attributes.title])
	path := attributes.place(
		["settings", 0, "ip_configuration", 0, "ipv4_enabled"],
		[value | value := input.resource.spec.settings[0].ip_configuration[0].ipv4_enabled],
	)
}

_private if attributes.maybe_off(input.resource.spec.settings[0].ip_configuration[0].ipv4_enabled)
