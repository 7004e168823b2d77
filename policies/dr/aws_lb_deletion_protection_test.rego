package holdfast.dr.aws_lb_deletion_protection_test

import data.holdfast.dr.aws_lb_deletion_protection
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_lb_deletion_protection.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_lb" "web" {
  name                       = "web"
  enable_deletion_protection = true
}`

bad_example := `resource "aws_lb" "web" {
  name = "web"
}`

test_balancers if {
	_found("aws_lb", {}) == {{"msg": "aws_lb.x is not protected against deletion", "path": ["spec"]}}
	_found("aws_alb", {"enable_deletion_protection": false}) == {{
		"msg": "aws_alb.x is not protected against deletion",
		"path": ["spec", "enable_deletion_protection"],
	}}
	_found("aws_lb", {"enable_deletion_protection": true}) == set()
}
