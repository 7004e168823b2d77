package holdfast.security.aws_dns_logs_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_dns_logs

_among(kind, spec, others) := found if {
	found := aws_dns_logs.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_route53_zone" "main" {
  name = "example.com"
}

resource "aws_route53_query_log" "main" {
  zone_id                  = aws_route53_zone.main.zone_id
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:dns"
}`

bad_example := `resource "aws_route53_zone" "main" {
  name = "example.com"
}`

_log(address) := samples.referring(samples.resource("aws_route53_query_log", "l", {"zone_id": samples.reference}), {"zone_id": address})

test_zones if {
	_among("aws_route53_zone", {}, []) == {{"msg": "aws_route53_zone.x has no query log", "path": ["spec"]}}
	count(_among("aws_route53_zone", {"vpc": []}, [_log("aws_route53_zone.y")])) == 1
	_among("aws_route53_zone", {}, [_log("aws_route53_zone.x")]) == set()
	_among("aws_route53_zone", {"vpc": [{"vpc_id": "a"}]}, []) == set()
}
