package holdfast.security.aws_open_port_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_open_port

_found(kind, spec) := found if {
	found := aws_open_port.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_security_group" "web" {
  name        = "web"
  description = "the web servers"
  vpc_id      = "vpc-1"

  ingress {
    description = "HTTPS"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}`

bad_example := `resource "aws_security_group" "web" {
  name        = "web"
  description = "the web servers"
  vpc_id      = "vpc-1"

  ingress {
    description = "SSH"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}`

_params := {"aws_closed_ports": {"22": "SSH", "3389": "RDP"}}

_rule(from, to, cidr) := {"ip_protocol": "tcp", "from_port": from, "to_port": to, "cidr_ipv4": cidr}

test_an_open_port_is_found if {
	_found("aws_security_group", {"ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "ipv6_cidr_blocks": ["::/0"]}]}) == {{
		"msg": "aws_security_group.x lets ::/0 reach port 22 (SSH)",
		"path": ["spec", "ingress", 0, "ipv6_cidr_blocks", 0],
	}}
	_found("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}) == {{
		"msg": "aws_vpc_security_group_ingress_rule.x lets 0.0.0.0/0 reach every port",
		"path": ["spec", "cidr_ipv4"],
	}}
	count(_found("aws_vpc_security_group_ingress_rule", _rule(22, 3389, "0.0.0.0/0"))) == 1
}

test_other_ports_pass if {
	_found("aws_vpc_security_group_ingress_rule", _rule(443, 443, "0.0.0.0/0")) == set()
	_found("aws_vpc_security_group_ingress_rule", _rule(23, 3388, "0.0.0.0/0")) == set()
	_found("aws_vpc_security_group_ingress_rule", _rule(22, 22, "10.0.0.0/8")) == set()
	_found("aws_security_group", {}) == set()
}
