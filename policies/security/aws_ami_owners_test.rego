package holdfast.security.aws_ami_owners_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_ami_owners

_found(kind, spec) := found if {
	found := aws_ami_owners.deny with input as samples.of(kind, spec)
}

good_example := `data "aws_ami" "base" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}`

bad_example := `data "aws_ami" "base" {
  most_recent = true
  filter {
    name   = "name"
    values = ["al2023-ami-*-x86_64"]
  }
}`

test_anyone_is_found if {
	_found("data.aws_ami", {"filter": [{"name": "name", "values": ["a*"]}]}) == {{
		"msg": "data.aws_ami.x takes images of anyone",
		"path": ["spec"],
	}}
	count(_found("data.aws_ami", {"owners": []})) == 1
	_found("data.aws_ami", {"owners": ["self", "*"]}) == {{
		"msg": "data.aws_ami.x takes images of anyone",
		"path": ["spec", "owners"],
	}}
}

test_owners_pass if {
	_found("data.aws_ami", {"owners": ["amazon"]}) == set()
	_found("data.aws_ami", {"owners": samples.reference}) == set()
	every name in ["owner-id", "owner-alias", "image-id"] {
		_found("data.aws_ami", {"filter": [{"name": "name"}, {"name": name}]}) == set()
	}
}
