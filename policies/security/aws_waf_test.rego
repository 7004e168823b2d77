package holdfast.security.aws_waf_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_waf

_found(kind, spec) := found if {
	found := aws_waf.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_waf.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_cloudfront_distribution" "site" {
  enabled    = true
  web_acl_id = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1"
}`

bad_example := `resource "aws_cloudfront_distribution" "site" {
  enabled = true
}`

test_distributions if {
	_found("aws_cloudfront_distribution", {}) == {{"msg": "aws_cloudfront_distribution.x has no web firewall", "path": ["spec"]}}
	_found("aws_cloudfront_distribution", {"web_acl_id": ""}) == {{
		"msg": "aws_cloudfront_distribution.x has no web firewall",
		"path": ["spec", "web_acl_id"],
	}}
	_found("aws_cloudfront_distribution", {"web_acl_id": samples.reference}) == set()
}

_association(address) := samples.referring(
	samples.resource("aws_wafv2_web_acl_association", "a", {"resource_arn": samples.reference}),
	{"resource_arn": address},
)

test_stages if {
	_among("aws_api_gateway_stage", {}, []) == {{"msg": "aws_api_gateway_stage.x has no web firewall", "path": ["spec"]}}
	count(_among("aws_api_gateway_stage", {}, [_association("aws_api_gateway_stage.y")])) == 1
	_among("aws_api_gateway_stage", {}, [_association("aws_api_gateway_stage.x")]) == set()
}
