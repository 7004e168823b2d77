# METADATA
# title: Other ports of Google Cloud open to the Internet
# description: |
#   What the Internet may reach should be a short and known list. A firewall
#   rule lets it in on other ports than those that the parameter
#   google_public_ports names, or over UDP. Ports of administration and
#   databases have rules of their own. Google Cloud documentation, "VPC firewall
#   rules".
# custom:
#   id: security/google-firewall-internet
#   category: security
#   severity: medium
#   profile: strict
#   remediation: >-
#     Name the networks that need the port in source_ranges, or add the port to the parameter
#     google_public_ports.
#   scope: resource
#   kinds:
#     - terraform/google_compute_firewall
#     - terraform/google_compute_firewall_policy_rule
#     - terraform/google_compute_network_firewall_policy_rule
#     - terraform/google_compute_region_network_firewall_policy_rule
#   params:
#     google_public_ports: ["443"]
package holdfast.security.google_firewall_internet

import data.holdfast.lib.attributes
import data.holdfast.lib.ports
import data.holdfast.lib.vpc

warn contains {"msg": msg, "path": entry.path} if {
	some entry in vpc.public
	vpc.carries_ports(entry)
	open := [sprintf("%v", [range]) | some range in entry.ranges; not _expected(entry, range)]
	count(open) > 0
	not _sensitive(entry)
	msg := sprintf("%s lets the Internet in over %s on port %s", [attributes.title, entry.protocol, concat(", ", open)])
}

_expected(entry, range) if {
	vpc.tcp(entry)
	sprintf("%v", [range]) in data.holdfast.params.google_public_ports
}

_sensitive(entry) if {
	vpc.tcp(entry)
	count(ports.named(entry.ranges, object.union(ports.admin, ports.databases))) > 0
}
