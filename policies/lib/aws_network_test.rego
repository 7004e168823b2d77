package holdfast.lib.aws_network_test

import data.holdfast.lib.aws_network as network
import data.holdfast.lib.aws_test as samples

_groups(kind, spec) := found if {
	found := network.into_groups with input as samples.of(kind, spec)
}

_subnets(kind, spec) := found if {
	found := network.into_subnets with input as samples.of(kind, spec)
}

_ssh := {"protocol": "tcp", "from_port": 22, "to_port": 22}

test_blocks_of_groups if {
	_groups("aws_security_group", {"ingress": [
		object.union(_ssh, {"cidr_blocks": ["10.0.0.0/8"]}),
		object.union(_ssh, {"cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}),
		{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]},
	]}) == {
		{"path": ["spec", "ingress", 1, "cidr_blocks", 1], "cidr": "0.0.0.0/0", "from": 22, "to": 22},
		{"path": ["spec", "ingress", 1, "ipv6_cidr_blocks", 0], "cidr": "::/0", "from": 22, "to": 22},
		{"path": ["spec", "ingress", 2, "cidr_blocks", 0], "cidr": "0.0.0.0/0", "from": 0, "to": 65535},
	}
	_groups("aws_security_group", {"ingress": [null], "egress": [object.union(_ssh, {"cidr_blocks": ["0.0.0.0/0"]})]}) == set()
}

test_rules_of_groups if {
	rule := object.union(_ssh, {"type": "ingress", "cidr_blocks": ["0.0.0.0/0", "10.0.0.0/8"], "ipv6_cidr_blocks": ["fd00::/8", "::/0"]})
	_groups("aws_security_group_rule", rule) == {
		{"path": ["spec", "cidr_blocks", 0], "cidr": "0.0.0.0/0", "from": 22, "to": 22},
		{"path": ["spec", "ipv6_cidr_blocks", 1], "cidr": "::/0", "from": 22, "to": 22},
	}
	_groups("aws_security_group_rule", object.union(rule, {"type": "egress"})) == set()
	_groups("aws_security_group_rule", object.remove(rule, ["type"])) == set()
}

test_single_rules_of_groups if {
	_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}) == {{"path": ["spec", "cidr_ipv4"], "cidr": "0.0.0.0/0", "from": 0, "to": 65535}}
	_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": "20", "to_port": "22", "cidr_ipv6": "::/0"}) == {{"path": ["spec", "cidr_ipv6"], "cidr": "::/0", "from": 20, "to": 22}}
	_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 20, "to_port": 22, "cidr_ipv4": "10.0.0.0/8", "cidr_ipv6": "fd00::/8"}) == set()
}

test_protocols if {
	every protocol in ["tcp", "TCP", "6", 6, "udp", "UDP", "17", 17] {
		count(_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": protocol, "from_port": 1, "to_port": 2, "cidr_ipv4": "0.0.0.0/0"})) == 1
	}
	every protocol in ["-1", -1, "all", "All", "ALL"] {
		count(_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": protocol, "cidr_ipv4": "0.0.0.0/0"})) == 1
	}
	every protocol in ["icmp", "1", "icmpv6", "58", 1, null, "50"] {
		_groups("aws_vpc_security_group_ingress_rule", {"ip_protocol": protocol, "from_port": 1, "to_port": 2, "cidr_ipv4": "0.0.0.0/0"}) == set()
	}
}

test_ports_not_known_are_left_out if {
	_groups("aws_security_group", {"ingress": [{"protocol": "tcp", "from_port": samples.reference, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}) == set()
	_groups("aws_security_group", {"ingress": [{"protocol": "tcp", "from_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}) == set()
}

test_blocks_of_acls if {
	_subnets("aws_network_acl", {"ingress": [
		object.union(_ssh, {"action": "deny", "cidr_block": "0.0.0.0/0"}),
		object.union(_ssh, {"action": "Allow", "cidr_block": "0.0.0.0/0"}),
		object.union(_ssh, {"action": "allow", "ipv6_cidr_block": "::/0"}),
		object.union(_ssh, {"action": "allow", "cidr_block": "10.0.0.0/8"}),
	]}) == {
		{"path": ["spec", "ingress", 1, "cidr_block"], "cidr": "0.0.0.0/0", "from": 22, "to": 22},
		{"path": ["spec", "ingress", 2, "ipv6_cidr_block"], "cidr": "::/0", "from": 22, "to": 22},
	}
}

_block(number, action, cidr) := object.union(_ssh, {"rule_no": number, "action": action, "cidr_block": cidr})

_denied(blocks, port) if {
	some opening in _subnets("aws_network_acl", {"ingress": blocks})
	network.denied(opening, port) with input as samples.of("aws_network_acl", {"ingress": blocks})
}

test_denied if {
	every action in ["deny", "Deny", "DENY"] {
		_denied([_block(10, action, "0.0.0.0/0"), _block("20", "allow", "0.0.0.0/0")], 22)
	}
	_subnets("aws_network_acl", {"ingress": [_block(20, "allow", "0.0.0.0/0")]}) == {{
		"path": ["spec", "ingress", 0, "cidr_block"],
		"cidr": "0.0.0.0/0", "from": 22, "to": 22, "number": 20,
	}}
	allow := _block(20, "allow", "0.0.0.0/0")
	not _denied([_block(10, "deny", "0.0.0.0/0"), allow], 23)
	not _denied([_block(10, "deny", "0.0.0.0/0"), allow], 21)
	not _denied([_block(20, "deny", "0.0.0.0/0"), allow], 22)
	not _denied([_block(30, "deny", "0.0.0.0/0"), allow], 22)
	not _denied([_block(10, "allow", "0.0.0.0/0"), allow], 22)
	not _denied([_block(10, "deny", "10.0.0.0/8"), allow], 22)
	not _denied([_block(10, "deny", " 0.0.0.0/0"), allow], 22)
	not _denied([_block(null, "deny", "0.0.0.0/0"), allow], 22)
}

test_rules_of_acls if {
	rule := object.union(_ssh, {"rule_action": "allow", "cidr_block": "0.0.0.0/0", "ipv6_cidr_block": "::/0"})
	_subnets("aws_network_acl_rule", rule) == {
		{"path": ["spec", "cidr_block"], "cidr": "0.0.0.0/0", "from": 22, "to": 22},
		{"path": ["spec", "ipv6_cidr_block"], "cidr": "::/0", "from": 22, "to": 22},
	}
	count(_subnets("aws_network_acl_rule", object.union(rule, {"egress": false}))) == 2
	count(_subnets("aws_network_acl_rule", object.union(rule, {"rule_action": "ALLOW"}))) == 2
	_subnets("aws_network_acl_rule", object.union(rule, {"egress": true})) == set()
	_subnets("aws_network_acl_rule", object.union(rule, {"rule_action": "deny"})) == set()
	_subnets("aws_network_acl_rule", object.union(_ssh, {"rule_action": "allow", "cidr_block": "10.0.0.0/8", "ipv6_cidr_block": "fd00::/8"})) == set()
}

_names := {"22": "SSH", "23": "Telnet", "1433": "SQL Server", "3389": "RDP"}

test_ports if {
	network.ports({"from": 22, "to": 22}, _names) == "port 22 (SSH)"
	network.ports({"from": 22, "to": 23}, _names) == "ports 22 (SSH), 23 (Telnet)"
	network.ports({"from": 20, "to": 1433}, _names) == "ports 22 (SSH), 23 (Telnet), 1433 (SQL Server)"
	network.ports({"from": 22, "to": 3389}, _names) == "ports 22 to 3389"
	network.ports({"from": 0, "to": 65535}, _names) == "every port"
	network.ports({"from": 0, "to": 65535}, {}) == "every port"
	network.ports({"from": 0, "to": 65534}, _names) == "ports 0 to 65534"
	network.ports({"from": 1, "to": 65535}, _names) == "ports 1 to 65535"
	not network.ports({"from": 24, "to": 1432}, _names)
}
