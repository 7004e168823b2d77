# METADATA
# title: Firewall rules of Google Cloud
# description: |
#   Which firewall rules of a VPC network let traffic from the Internet in, and
#   to which ports.
package holdfast.lib.vpc

import data.holdfast.lib.attributes
import data.holdfast.lib.ports

# public is the set of what the resource lets in from the Internet, each as
# {"path", "protocol", "ranges", "every"}: every is true if it is about all
# ports. It is a rule and not a function for the same reason as
# attributes.title.
public contains _entry(["spec", "allow", i], allow.protocol, allow) if {
	_firewall
	some source in input.resource.spec.source_ranges
	ports.internet(source)
	some i, allow in input.resource.spec.allow
}

public contains _entry(["spec", "match", i, "layer4_configs", j], layer.ip_protocol, layer) if {
	_policy_rule
	some i, match in input.resource.spec.match
	some source in match.src_ip_ranges
	ports.internet(source)
	some j, layer in match.layer4_configs
}

# tcp is true for TCP, or every protocol.
tcp(entry) if entry.protocol in {"tcp", "6", "all"}

# carries_ports is true for protocols that have ports.
carries_ports(entry) if entry.protocol in {"tcp", "6", "udp", "17", "sctp", "all"}

_firewall if {
	input.resource.kind == "google_compute_firewall"
	not _outward
	not _disabled
}

_policy_rule if {
	endswith(input.resource.kind, "firewall_policy_rule")
	attributes.word(input.resource.spec.action) == "allow"
	not _outward
	not _disabled
}

_outward if attributes.word(input.resource.spec.direction) == "egress"

_disabled if attributes.maybe_on(input.resource.spec.disabled)

_entry(path, protocol, block) := {
	"path": path,
	"protocol": lower(sprintf("%v", [protocol])),
	"ranges": ["*"],
	"every": true,
} if {
	_whole(block)
} else := {
	"path": array.concat(path, ["ports"]),
	"protocol": lower(sprintf("%v", [protocol])),
	"ranges": block.ports,
	"every": false,
}

_whole(block) if not block.ports[0]

_whole(block) if {
	some range in block.ports
	ports.all(range)
}
