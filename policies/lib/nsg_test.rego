package holdfast.lib.nsg_test

import data.holdfast.lib.attributes_test
import data.holdfast.lib.nsg

# open is a rule that lets the Internet in, with changes.
open(changes) := object.union(
	{
		"name": "in",
		"direction": "Inbound",
		"access": "Allow",
		"protocol": "Tcp",
		"source_address_prefix": "*",
		"destination_port_range": "8080",
	},
	changes,
)

apart(changes) := attributes_test.judged("azurerm_network_security_rule", open(changes))

inside(rules) := attributes_test.judged("azurerm_network_security_group", {"security_rule": rules})

_public(it) := found if {
	found := nsg.public with input as it
}

test_a_rule_apart if {
	_public(apart({})) == {{
		"path": ["spec"],
		"rule": object.remove(open({}), ["name"]),
		"label": "azurerm_network_security_rule.it",
	}}
	count(_public(apart({"source_address_prefix": "10.0.0.0/8", "source_address_prefixes": ["10.0.0.0/8", "::/0"]}))) == 1
	count(_public(apart({"direction": "inbound", "access": "allow"}))) == 1
	{nsg.ranges(e.rule) | some e in _public(apart({"destination_port_ranges": ["1", "2"]}))} == {["8080", "1", "2"]}
}

test_a_rule_of_a_group if {
	closed := open({"access": "Deny"})
	rule := open({"name": "web"})
	_public(inside([closed, rule])) == {{
		"path": ["spec", "security_rule", 1],
		"rule": rule,
		"label": `rule "web" of azurerm_network_security_group.it`,
	}}
	{e.label | some e in _public(inside([open({"name": null})]))} == {"a rule of azurerm_network_security_group.it"}
}

test_rules_that_do_not_let_the_internet_in if {
	every changes in [
		{"direction": "Outbound"},
		{"direction": null},
		{"access": "Deny"},
		{"access": null},
		{"source_address_prefix": "VirtualNetwork"},
		{"source_address_prefix": null},
		{"source_address_prefix": "10.0.0.0/8", "source_address_prefixes": ["10.1.0.0/16"]},
		{"source_address_prefixes": "text", "source_address_prefix": "10.0.0.0/8"},
	] {
		_public(apart(changes)) == set()
	}
	_public(inside([null, "text"])) == set()
	_public(attributes_test.judged("azurerm_subnet", open({}))) == set()
	_public(attributes_test.judged("azurerm_subnet", {"security_rule": [open({})]})) == set()
	_public(attributes_test.judged("azurerm_network_security_rule", null)) == set()
}

test_ports if {
	nsg.ranges(open({})) == ["8080"]
	nsg.ranges(open({"destination_port_ranges": ["1", "2"]})) == ["8080", "1", "2"]
	nsg.ranges({}) == []
	nsg.every_port(open({"destination_port_ranges": ["*"]}))
	nsg.every_port(open({"destination_port_range": "0-65535"}))
	not nsg.every_port(open({}))
}

test_protocols if {
	every protocol in ["Tcp", "*"] {
		nsg.tcp(open({"protocol": protocol}))
	}
	every protocol in ["Udp", null, 6] {
		not nsg.tcp(open({"protocol": protocol}))
	}
}

test_port_path if {
	nsg.port_path({"path": ["spec"], "rule": open({})}) == ["spec", "destination_port_range"]
	nsg.port_path({"path": ["spec"], "rule": open({"destination_port_ranges": []})}) == ["spec", "destination_port_range"]
	nsg.port_path({"path": ["spec"], "rule": open({"destination_port_ranges": ["1"]})}) == ["spec", "destination_port_ranges"]
	nsg.port_path({"path": ["spec"], "rule": open({"destination_port_ranges": "1"})}) == ["spec", "destination_port_range"]
}
