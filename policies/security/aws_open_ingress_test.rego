package holdfast.security.aws_open_ingress_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_open_ingress

_found(kind, spec) := found if {
	found := aws_open_ingress.warn with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = "sg-1"
  description       = "HTTPS"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}`

bad_example := `resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id = "sg-1"
  description       = "the application"
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
  cidr_ipv4         = "0.0.0.0/0"
}`

_params := {"aws_closed_ports": {"22": "SSH"}, "aws_public_ports": [80, 443]}

_rule(from, to) := {"ip_protocol": "tcp", "from_port": from, "to_port": to, "cidr_ipv4": "0.0.0.0/0"}

test_other_ports_are_found if {
	_found("aws_vpc_security_group_ingress_rule", _rule(8080, 8080)) == {{
		"msg": "aws_vpc_security_group_ingress_rule.x lets 0.0.0.0/0 reach port 8080",
		"path": ["spec", "cidr_ipv4"],
	}}
	_found("aws_vpc_security_group_ingress_rule", _rule(80, 443)) == {{
		"msg": "aws_vpc_security_group_ingress_rule.x lets 0.0.0.0/0 reach ports 80 to 443",
		"path": ["spec", "cidr_ipv4"],
	}}
}

test_public_ports_pass if {
	_found("aws_vpc_security_group_ingress_rule", _rule(443, 443)) == set()
	_found("aws_vpc_security_group_ingress_rule", _rule(80, 80)) == set()
}

test_what_is_reported_already_passes if {
	_found("aws_vpc_security_group_ingress_rule", _rule(22, 22)) == set()
	_found("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}) == set()
}
