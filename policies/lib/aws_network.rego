# METADATA
# title: Networks that AWS lets in
# description: |
#   What the rules of security groups and network ACLs let in from everywhere:
#   each as {"path", "cidr", "from", "to"}, with the path of the network and the
#   TCP or UDP ports, both ends included. What is not known before apply is left
#   out.
package holdfast.lib.aws_network

import data.holdfast.lib.aws

_every := {"from": 0, "to": 65535}

# into_groups is what security groups let in.
into_groups contains object.union(source, ports_) if {
	some i, ports_ in _block_ports
	some source in _block_sources(i)
}

into_groups contains object.union(source, _ports) if {
	input.resource.kind != "aws_security_group_rule"
	some source in _sources
}

into_groups contains object.union(source, _ports) if {
	input.resource.spec.type == "ingress"
	some source in _sources
}

_block_sources(i) := {source |
	some attribute, cidrs in {
		"cidr_blocks": [x | some x in input.resource.spec.ingress[i].cidr_blocks],
		"ipv6_cidr_blocks": [x | some x in input.resource.spec.ingress[i].ipv6_cidr_blocks],
	}
	some j, cidr in cidrs
	aws.world(cidr)
	source := {"path": ["spec", "ingress", i, attribute, j], "cidr": cidr}
}

_block_ports[i] := _every if {
	some i
	_any_protocol(input.resource.spec.ingress[i].protocol)
}

_block_ports[i] := ports if {
	some i
	_has_ports(input.resource.spec.ingress[i].protocol)
	ports := {
		"from": aws.number(input.resource.spec.ingress[i].from_port),
		"to": aws.number(input.resource.spec.ingress[i].to_port),
	}
}

_sources contains {"path": ["spec", "cidr_blocks", j], "cidr": cidr} if {
	some j, cidr in input.resource.spec.cidr_blocks
	aws.world(cidr)
}

_sources contains {"path": ["spec", "ipv6_cidr_blocks", j], "cidr": cidr} if {
	some j, cidr in input.resource.spec.ipv6_cidr_blocks
	aws.world(cidr)
}

_sources contains {"path": ["spec", "cidr_ipv4"], "cidr": input.resource.spec.cidr_ipv4} if {
	aws.world(input.resource.spec.cidr_ipv4)
}

_sources contains {"path": ["spec", "cidr_ipv6"], "cidr": input.resource.spec.cidr_ipv6} if {
	aws.world(input.resource.spec.cidr_ipv6)
}

_ports := _every if {
	_any_protocol(_protocol)
} else := ports if {
	_has_ports(_protocol)
	ports := {
		"from": aws.number(input.resource.spec.from_port),
		"to": aws.number(input.resource.spec.to_port),
	}
}

_protocol := protocol if {
	protocol := input.resource.spec.ip_protocol
} else := input.resource.spec.protocol

_any_protocol(protocol) if protocol in {"-1", -1, "all", "All", "ALL"}

# By name or by number of the protocol; ICMP has types where these have ports.
_has_ports(protocol) if protocol in {"tcp", "TCP", "6", 6, "udp", "UDP", "17", 17}

_allow := {"allow", "Allow", "ALLOW"}

# into_subnets is what network ACLs let in.
into_subnets contains object.union_n([source, _block_ports[i], _block_number(i)]) if {
	some i
	input.resource.spec.ingress[i].action in _allow
	some source in _acl_block_sources(i)
}

# denied is true if a block of the ACL with a lower number than the opening's
# keeps everyone, from the same network, from the port.
denied(opening, port) if {
	some i
	input.resource.spec.ingress[i].action in {"deny", "Deny", "DENY"}
	some source in _acl_block_sources(i)
	source.cidr == opening.cidr
	_block_number(i).number < opening.number
	port >= _block_ports[i].from
	port <= _block_ports[i].to
}

_block_number(i) := {"number": number} if {
	number := aws.number(input.resource.spec.ingress[i].rule_no)
} else := {}

into_subnets contains object.union(source, _ports) if {
	input.resource.spec.rule_action in _allow
	not _egress
	some source in _acl_sources
}

_egress if aws.on(input.resource.spec.egress)

_acl_block_sources(i) := {source |
	some attribute, cidr in _acl_block_cidrs(i)
	aws.world(cidr)
	source := {"path": ["spec", "ingress", i, attribute], "cidr": cidr}
}

_acl_block_cidrs(i) := object.union(
	{"cidr_block": x | x := input.resource.spec.ingress[i].cidr_block},
	{"ipv6_cidr_block": x | x := input.resource.spec.ingress[i].ipv6_cidr_block},
)

_acl_sources contains {"path": ["spec", "cidr_block"], "cidr": input.resource.spec.cidr_block} if {
	aws.world(input.resource.spec.cidr_block)
}

_acl_sources contains {"path": ["spec", "ipv6_cidr_block"], "cidr": input.resource.spec.ipv6_cidr_block} if {
	aws.world(input.resource.spec.ipv6_cidr_block)
}

# ports is which of the named ports, {"22": "SSH"}, an opening opens, in words;
# undefined if none.
ports(opening, _) := "every port" if _whole(opening)

ports(opening, names) := _phrase(opening, found) if {
	not _whole(opening)
	found := [sprintf("%d (%s)", [number, names[sprintf("%d", [number])]]) |
		some number in sort([aws.number(text) | some text, _ in names])
		number >= opening.from
		number <= opening.to
	]
}

_whole(opening) if {
	opening.from <= 0
	opening.to >= 65535
}

_phrase(_, found) := sprintf("port %s", found) if count(found) == 1

_phrase(_, found) := sprintf("ports %s", [concat(", ", found)]) if count(found) in {2, 3}

_phrase(opening, found) := sprintf("ports %d to %d", [opening.from, opening.to]) if count(found) > 3
