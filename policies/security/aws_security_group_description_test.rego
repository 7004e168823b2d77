package holdfast.security.aws_security_group_description_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_security_group_description

_found(kind, spec) := found if {
	found := aws_security_group_description.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_security_group" "web" {
  name        = "web"
  description = "the web servers"
}`

bad_example := `resource "aws_security_group" "web" {
  name = "web"
}`

test_groups if {
	_found("aws_security_group", {}) == {{"msg": "aws_security_group.x has no description", "path": ["spec"]}}
	_found("aws_security_group_rule", {"description": ""}) == {{
		"msg": "aws_security_group_rule.x has no description",
		"path": ["spec", "description"],
	}}
	_found("aws_security_group", {"description": "web"}) == set()
}

test_blocks if {
	_found("aws_security_group", {
		"description": "web",
		"ingress": [{"description": "a"}, {"description": ""}],
		"egress": [{}],
	}) == {
		{
			"msg": "aws_security_group.x has an ingress rule without a description",
			"path": ["spec", "ingress", 1, "description"],
		},
		{
			"msg": "aws_security_group.x has an egress rule without a description",
			"path": ["spec", "egress", 0],
		},
	}
}
