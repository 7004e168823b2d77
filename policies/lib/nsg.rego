# METADATA
# title: Rules of Azure's network security groups
# description: |
#   Which rules of a network security group let traffic from the Internet in,
#   and to which ports.
package holdfast.lib.nsg

import data.holdfast.lib.attributes
import data.holdfast.lib.ports

# public is the set of a resource's rules, each as {"path", "rule", "label"},
# that let the Internet in. It is a rule and not a function for the same reason
# as attributes.title.
public contains entry if {
	input.resource.kind == "azurerm_network_security_group"
	some i, rule in input.resource.spec.security_rule
	_lets_in(rule)
	entry := {"path": ["spec", "security_rule", i], "rule": rule, "label": _label(rule)}
}

public contains {"path": ["spec"], "rule": _apart, "label": attributes.title} if {
	input.resource.kind == "azurerm_network_security_rule"
	_lets_in(_apart)
}

# As much of a rule apart as is looked at.
_apart["direction"] := input.resource.spec.direction

_apart["access"] := input.resource.spec.access

_apart["protocol"] := input.resource.spec.protocol

_apart["source_address_prefix"] := input.resource.spec.source_address_prefix

_apart["source_address_prefixes"] := input.resource.spec.source_address_prefixes

_apart["destination_port_range"] := input.resource.spec.destination_port_range

_apart["destination_port_ranges"] := input.resource.spec.destination_port_ranges

# ranges are the destination ports of a rule.
ranges(rule) := _list(rule, "destination_port_range", "destination_port_ranges")

# tcp is true for a rule about TCP, or about every protocol.
tcp(rule) if attributes.word(rule.protocol) in {"tcp", "*"}

# every_port is true for a rule about all of them.
every_port(rule) if {
	some range in ranges(rule)
	ports.all(range)
}

# port_path is where a rule says its ports.
port_path(entry) := array.concat(entry.path, ["destination_port_ranges"]) if {
	is_array(entry.rule.destination_port_ranges)
	count(entry.rule.destination_port_ranges) > 0
} else := array.concat(entry.path, ["destination_port_range"])

_lets_in(rule) if {
	attributes.word(rule.direction) == "inbound"
	attributes.word(rule.access) == "allow"
	some source in _list(rule, "source_address_prefix", "source_address_prefixes")
	ports.internet(source)
}

_label(rule) := sprintf("rule %q of %s", [rule.name, attributes.title]) if {
	is_string(rule.name)
} else := sprintf("a rule of %s", [attributes.title])

_list(rule, one, many) := array.concat([value | value := rule[one]], [value | some value in rule[many]])
