# METADATA
# title: Database ports of Google Cloud open to the Internet
# description: |
#   A firewall rule that lets the whole Internet in on the port of a database,
#   cache or search engine leaves its data behind a password at most. Rules for
#   every port are those of security/google-firewall-admin-ports. CIS Controls
#   8, 4.4.
# custom:
#   id: security/google-firewall-database-ports
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Name the networks of the applications in source_ranges, or their tags in source_tags.
#   scope: resource
#   kinds:
#     - terraform/google_compute_firewall
#     - terraform/google_compute_firewall_policy_rule
#     - terraform/google_compute_network_firewall_policy_rule
#     - terraform/google_compute_region_network_firewall_policy_rule
package holdfast.security.google_firewall_database_ports

import data.holdfast.lib.attributes
import data.holdfast.lib.ports
import data.holdfast.lib.vpc

deny contains {"msg": msg, "path": entry.path} if {
	some entry in vpc.public
	vpc.tcp(entry)
	not entry.every
	open := ports.named(entry.ranges, ports.databases)
	count(open) > 0
	msg := sprintf("%s lets the Internet in on port %s", [attributes.title, concat(", ", open)])
}
