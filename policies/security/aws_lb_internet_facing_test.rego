package holdfast.security.aws_lb_internet_facing_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_lb_internet_facing

_found(kind, spec) := found if {
	found := aws_lb_internet_facing.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_lb" "web" {
  name     = "web"
  internal = true
}`

bad_example := `resource "aws_lb" "web" {
  name = "web"
}`

test_balancers if {
	_found("aws_lb", {}) == {{"msg": "aws_lb.x is on the internet", "path": ["spec"]}}
	_found("aws_elb", {"internal": false}) == {{"msg": "aws_elb.x is on the internet", "path": ["spec", "internal"]}}
	_found("aws_lb", {"internal": true}) == set()
	_found("aws_lb", {"load_balancer_type": "gateway"}) == set()
}
