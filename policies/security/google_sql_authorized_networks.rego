# METADATA
# title: Cloud SQL instances open to the Internet
# description: |
#   An authorized network of all addresses lets everyone try the passwords of a
#   database. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 6.5.
# custom:
#   id: security/google-sql-authorized-networks
#   category: security
#   severity: critical
#   profile: starter
#   controls: [cis-gcp/6.5]
#   remediation: >-
#     Name the networks that need access, or use the Cloud SQL Auth Proxy or a private address and
#     none at all.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.security.google_sql_authorized_networks

import data.holdfast.lib.attributes
import data.holdfast.lib.ports

deny contains {"msg": msg, "path": ["spec", "settings", i, "ip_configuration", j, "authorized_networks", k, "value"]} if {
	network := input.resource.spec.settings[i].ip_configuration[j].authorized_networks[k].value
	ports.internet(network)
	msg := sprintf("%s lets in the whole Internet: %s is authorized", [attributes.title, network])
}
