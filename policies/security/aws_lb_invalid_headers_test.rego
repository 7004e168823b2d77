package holdfast.security.aws_lb_invalid_headers_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_lb_invalid_headers

_found(kind, spec) := found if {
	found := aws_lb_invalid_headers.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_lb" "web" {
  name                       = "web"
  drop_invalid_header_fields = true
}`

bad_example := `resource "aws_lb" "web" {
  name = "web"
}`

test_balancers if {
	_found("aws_lb", {}) == {{"msg": "aws_lb.x passes invalid headers on", "path": ["spec"]}}
	_found("aws_alb", {"load_balancer_type": "application", "drop_invalid_header_fields": false}) == {{
		"msg": "aws_alb.x passes invalid headers on",
		"path": ["spec", "drop_invalid_header_fields"],
	}}
	_found("aws_lb", {"drop_invalid_header_fields": true}) == set()
	_found("aws_lb", {"load_balancer_type": "network"}) == set()
}
