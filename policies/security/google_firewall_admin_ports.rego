# METADATA
# title: Administration ports of Google Cloud open to the Internet
# description: |
#   A firewall rule that lets the whole Internet in on SSH, RDP, Telnet or WinRM
#   exposes machines to guessed passwords and to the next fault of those
#   services. A rule for every port counts. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 3.6 and 3.7.
# custom:
#   id: security/google-firewall-admin-ports
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-gcp/3.6, cis-gcp/3.7]
#   remediation: >-
#     Name the networks of administrators in source_ranges, or 35.235.240.0/20 for Identity-Aware
#     Proxy.
#   scope: resource
#   kinds:
#     - terraform/google_compute_firewall
#     - terraform/google_compute_firewall_policy_rule
#     - terraform/google_compute_network_firewall_policy_rule
#     - terraform/google_compute_region_network_firewall_policy_rule
package holdfast.security.google_firewall_admin_ports

import data.holdfast.lib.attributes
import data.holdfast.lib.ports
import data.holdfast.lib.vpc

deny contains {"msg": msg, "path": entry.path} if {
	some entry in vpc.public
	vpc.tcp(entry)
	open := ports.named(entry.ranges, ports.admin)
	count(open) > 0
	msg := sprintf("%s lets the Internet in on %s", [attributes.title, _what(entry, open)])
}

_what(entry, _) := "every port" if entry.every

_what(entry, open) := sprintf("port %s", [concat(", ", open)]) if not entry.every
