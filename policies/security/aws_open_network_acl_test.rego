package holdfast.security.aws_open_network_acl_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_open_network_acl

_found(kind, spec) := found if {
	found := aws_open_network_acl.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_network_acl_rule" "https" {
  network_acl_id = "acl-1"
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 443
  to_port        = 443
  cidr_block     = "0.0.0.0/0"
}`

bad_example := `resource "aws_network_acl_rule" "all" {
  network_acl_id = "acl-1"
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "-1"
  cidr_block     = "0.0.0.0/0"
}`

_rule(from, to) := {"rule_action": "allow", "protocol": "tcp", "from_port": from, "to_port": to, "cidr_block": "0.0.0.0/0"}

test_administration_is_found if {
	_found("aws_network_acl_rule", _rule(22, 22)) == {{
		"msg": "aws_network_acl_rule.x lets 0.0.0.0/0 reach port 22 (SSH)",
		"path": ["spec", "cidr_block"],
	}}
	_found("aws_network_acl_rule", _rule(3389, 3389)) == {{
		"msg": "aws_network_acl_rule.x lets 0.0.0.0/0 reach port 3389 (RDP)",
		"path": ["spec", "cidr_block"],
	}}
	count(_found("aws_network_acl", {"ingress": [{"action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}]})) == 1
}

_block(number, action, from, to) := {"rule_no": number, "action": action, "protocol": "tcp", "from_port": from, "to_port": to, "cidr_block": "0.0.0.0/0"}

test_what_is_denied_before if {
	every_port := _block(20, "allow", 0, 65535)
	_found("aws_network_acl", {"ingress": [_block(10, "deny", 22, 3389), every_port]}) == set()
	_found("aws_network_acl", {"ingress": [_block(10, "deny", 22, 22), _block(20, "allow", 22, 3389)]}) == {{
		"msg": "aws_network_acl.x lets 0.0.0.0/0 reach port 3389 (RDP)",
		"path": ["spec", "ingress", 1, "cidr_block"],
	}}
	count(_found("aws_network_acl", {"ingress": [_block(10, "deny", 23, 3389), every_port]})) == 1
}

test_other_ports_pass if {
	_found("aws_network_acl_rule", _rule(443, 443)) == set()
	_found("aws_network_acl_rule", _rule(23, 3388)) == set()
	_found("aws_network_acl_rule", {}) == set()
}
