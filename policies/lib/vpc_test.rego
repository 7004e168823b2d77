package holdfast.lib.vpc_test

import data.holdfast.lib.attributes_test
import data.holdfast.lib.vpc

# firewall is a rule that lets the Internet in on these ports, with changes.
firewall(allow, changes) := attributes_test.judged("google_compute_firewall", object.union(
	{"name": "in", "network": "x", "source_ranges": ["0.0.0.0/0"], "allow": [allow]},
	changes,
))

policy_rule(layer, changes) := attributes_test.judged("google_compute_network_firewall_policy_rule", object.union(
	{"action": "allow", "direction": "INGRESS", "match": [{"src_ip_ranges": ["::/0"], "layer4_configs": [layer]}]},
	changes,
))

_public(it) := found if {
	found := vpc.public with input as it
}

_ssh := {"protocol": "TCP", "ports": ["22"]}

test_a_firewall if {
	_public(firewall(_ssh, {})) == {{
		"path": ["spec", "allow", 0, "ports"],
		"protocol": "tcp",
		"ranges": ["22"],
		"every": false,
	}}
	count(_public(firewall(_ssh, {"direction": "INGRESS", "source_ranges": ["10.0.0.0/8", "::/0"], "disabled": false}))) == 1
}

test_every_port if {
	every allow in [
		{"protocol": "tcp"},
		{"protocol": "tcp", "ports": []},
		{"protocol": "tcp", "ports": ["22", "0-65535"]},
		{"protocol": "tcp", "ports": null},
	] {
		_public(firewall(allow, {})) == {{
			"path": ["spec", "allow", 0],
			"protocol": "tcp",
			"ranges": ["*"],
			"every": true,
		}}
	}
}

test_a_policy_rule if {
	_public(policy_rule({"ip_protocol": "tcp", "ports": ["22"]}, {})) == {{
		"path": ["spec", "match", 0, "layer4_configs", 0, "ports"],
		"protocol": "tcp",
		"ranges": ["22"],
		"every": false,
	}}
}

test_rules_that_do_not_let_the_internet_in if {
	every changes in [
		{"direction": "EGRESS"},
		{"disabled": true},
		{"disabled": "${var.x}"},
		{"source_ranges": ["10.0.0.0/8"]},
		{"source_ranges": []},
		{"source_ranges": null},
		{"source_ranges": "0.0.0.0/0"},
		{"allow": null},
	] {
		_public(firewall(_ssh, changes)) == set()
	}
	every changes in [
		{"direction": "EGRESS"},
		{"disabled": true},
		{"action": "deny"},
		{"match": [{"src_ip_ranges": ["10.0.0.0/8"], "layer4_configs": [{"ip_protocol": "tcp", "ports": ["22"]}]}]},
	] {
		_public(policy_rule({"ip_protocol": "tcp", "ports": ["22"]}, changes)) == set()
	}
	other := attributes_test.judged("google_compute_network", {"source_ranges": ["0.0.0.0/0"], "allow": [_ssh]})
	_public(other) == set()
	_public(object.union(policy_rule({"ip_protocol": "tcp", "ports": ["22"]}, {}), {"resource": {"kind": "x"}})) == set()
}

test_protocols if {
	[p | some p in ["tcp", "6", "all", "udp", "icmp"]; vpc.tcp({"protocol": p})] == ["tcp", "6", "all"]
	{p |
		some p in ["tcp", "6", "udp", "17", "sctp", "all", "icmp", "esp"]
		vpc.carries_ports({"protocol": p})
	} == {"tcp", "6", "udp", "17", "sctp", "all"}
}
