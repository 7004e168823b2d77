package holdfast.security.aws_access_logs_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_access_logs

_found(kind, spec) := found if {
	found := aws_access_logs.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_access_logs.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_lb" "web" {
  name = "web"
  access_logs {
    bucket  = "acme-logs"
    enabled = true
  }
}`

bad_example := `resource "aws_lb" "web" {
  name = "web"
}`

test_each_kind if {
	every kind, block in {
		"aws_s3_bucket": "logging",
		"aws_lb": "access_logs",
		"aws_alb": "access_logs",
		"aws_elb": "access_logs",
		"aws_cloudfront_distribution": "logging_config",
		"aws_api_gateway_stage": "access_log_settings",
		"aws_apigatewayv2_stage": "access_log_settings",
	} {
		_found(kind, {}) == {{"msg": sprintf("%s.x keeps no access log", [kind]), "path": ["spec"]}}
		_found(kind, {block: [{"bucket": "a", "enabled": true}]}) == set()
	}
}

test_enabled if {
	_found("aws_lb", {"access_logs": [{"bucket": "a"}]}) == {{
		"msg": "aws_lb.x keeps no access log",
		"path": ["spec", "access_logs", 0],
	}}
	_found("aws_lb", {"access_logs": [{"enabled": false}]}) == {{
		"msg": "aws_lb.x keeps no access log",
		"path": ["spec", "access_logs", 0, "enabled"],
	}}
	_found("aws_elb", {"access_logs": [{"bucket": "a"}]}) == set()
	count(_found("aws_elb", {"access_logs": [{"enabled": false}]})) == 1
}

test_deliveries_of_distributions if {
	source := samples.referring(
		samples.resource("aws_cloudwatch_log_delivery_source", "s", {"resource_arn": samples.reference}),
		{"resource_arn": "aws_cloudfront_distribution.x"},
	)
	_among("aws_cloudfront_distribution", {}, [source]) == set()
	other := object.union(source, {"references": {"resource_arn": ["aws_lb.x"]}})
	count(_among("aws_lb", {}, [other])) == 1
}

test_logging_of_buckets if {
	logging := samples.referring(samples.resource("aws_s3_bucket_logging", "l", {"bucket": samples.reference}), {"bucket": "aws_s3_bucket.x"})
	_among("aws_s3_bucket", {}, [logging]) == set()
	other := object.union(logging, {"references": {"bucket": ["aws_lb.x"]}})
	count(_among("aws_lb", {}, [other])) == 1
}
