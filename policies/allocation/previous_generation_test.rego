package holdfast.allocation.previous_generation_test

import data.holdfast.allocation.previous_generation
import data.holdfast.lib.samples_test as samples

good_example := `resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m7i.large"
}
`

bad_example := `resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m4.large"
}
`

_warn(spec) := found if {
	found := previous_generation.warn with input as samples.of({
		"apiVersion": "terraform/v1",
		"kind": "aws_instance",
		"metadata": {"name": "web", "address": "aws_instance.web"},
		"spec": spec,
	})
}

test_old_types_are_found if {
	_warn({"instance_type": "m4.large"}) == {{
		"msg": "aws_instance.web is of type m4.large, of a previous generation",
		"path": ["spec", "instance_type"],
	}}
	_warn({"instance_class": "db.r3.large"}) == {{
		"msg": "aws_instance.web is of type db.r3.large, of a previous generation",
		"path": ["spec", "instance_class"],
	}}
	_warn({"instance_types": ["m7i.large", "c4.large"]}) == {{
		"msg": "aws_instance.web is of type c4.large, of a previous generation",
		"path": ["spec", "instance_types", 1],
	}}
}

test_every_family if {
	every family in [
		"a1", "c1", "c3", "c4", "cc1", "cc2", "cg1", "cr1", "g2", "g3", "hi1", "hs1", "i2",
		"m1", "m2", "m3", "m4", "p2", "r3", "r4", "t1",
	] {
		count(_warn({"instance_type": concat(".", [family, "large"])})) == 1
	}
}

test_others_pass if {
	every type in ["m5.large", "t2.micro", "t3.micro", "c7g.large", "db.m5.large", "g4dn.xlarge", "m41.large", "${var.type}", "", null, 4] {
		_warn({"instance_type": type}) == set()
	}
	_warn({"instance_types": "m4.large"}) == set()
	_warn(null) == set()
}
