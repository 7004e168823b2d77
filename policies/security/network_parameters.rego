# METADATA
# title: Weakened network stack
# description: |
#   A kernel parameter in sysctl.conf or sysctl.d by which others may bend the
#   host's routes or exhaust it: ICMP redirects and source routes that are
#   believed, no check of the sender's address, no SYN cookies, answers to
#   broadcasts. CIS Linux benchmarks, section "Configure Network Kernel
#   Parameters"; kernel documentation, networking/ip-sysctl. Forwarding is not
#   looked at, because routers and nodes of clusters need it.
# custom:
#   id: security/network-parameters
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-5, nist-800-53/sc-7]
#   remediation: >-
#     Set accept_redirects and accept_source_route to 0, rp_filter to 1 (2 where routes are
#     asymmetric), and tcp_syncookies, icmp_echo_ignore_broadcasts and
#     icmp_ignore_bogus_error_responses to 1.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.network_parameters

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sysctl

# What is checked for one interface only, such as a tunnel, is left to whoever
# wrote it.
_weak := {
	`^net\.ipv[46]\.conf\.(?:all|default|\*)\.accept_redirects$`: {"1": "believes ICMP redirects"},
	`^net\.ipv4\.conf\.(?:all|default|\*)\.accept_source_route$`: {"1": "obeys source routes"},
	`^net\.ipv4\.conf\.(?:all|default|\*)\.rp_filter$`: {"0": "does not check the sender's address"},
	`^net\.ipv4\.tcp_syncookies$`: {"0": "has no SYN cookies"},
	`^net\.ipv4\.icmp_echo_ignore_broadcasts$`: {"0": "answers pings to broadcast addresses"},
	`^net\.ipv4\.icmp_ignore_bogus_error_responses$`: {"0": "logs every bogus ICMP error"},
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some name, value in sysctl.settings
	some pattern, values in _weak
	what := values[value]
	regex.match(pattern, name)
	msg := sprintf("%s %s (%s = %s)", [names.title(input.resource), what, name, value])
}
