package holdfast.security.aws_lb_http_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_lb_http

_found(kind, spec) := found if {
	found := aws_lb_http.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_lb_listener" "http" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1"
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}`

bad_example := `resource "aws_lb_listener" "http" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1"
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1"
  }
}`

_listener(redirect) := {"protocol": "HTTP", "default_action": [{"type": "redirect", "redirect": [redirect]}]}

test_http_is_found if {
	_found("aws_lb_listener", {"protocol": "HTTP", "default_action": [{"type": "forward"}]}) == {{
		"msg": "aws_lb_listener.x answers plain HTTP",
		"path": ["spec", "protocol"],
	}}
	count(_found("aws_alb_listener", {"protocol": "HTTP"})) == 1
	count(_found("aws_lb_listener", _listener({"protocol": "HTTP"}))) == 1
	count(_found("aws_lb_listener", _listener({"port": "443"}))) == 1
}

test_others_pass if {
	_found("aws_lb_listener", _listener({"protocol": "HTTPS"})) == set()
	_found("aws_lb_listener", _listener({"protocol": samples.reference})) == set()
	every protocol in ["HTTPS", "TCP", "TLS", samples.reference] {
		_found("aws_lb_listener", {"protocol": protocol}) == set()
	}
	_found("aws_lb_listener", {}) == set()
}
