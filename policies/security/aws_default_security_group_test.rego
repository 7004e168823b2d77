package holdfast.security.aws_default_security_group_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_default_security_group

_found(kind, spec) := found if {
	found := aws_default_security_group.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_default_security_group" "main" {
  vpc_id = "vpc-1"
}`

bad_example := `resource "aws_default_security_group" "main" {
  vpc_id = "vpc-1"
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}`

test_rules_are_found if {
	_found("aws_default_security_group", {"ingress": [{"self": true}], "egress": [{}]}) == {
		{"msg": "aws_default_security_group.x has ingress rules", "path": ["spec", "ingress"]},
		{"msg": "aws_default_security_group.x has egress rules", "path": ["spec", "egress"]},
	}
}

test_none_pass if {
	_found("aws_default_security_group", {}) == set()
	_found("aws_default_security_group", {"ingress": [], "egress": []}) == set()
}
