package holdfast.security.aws_cloudfront_http_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_cloudfront_http

_found(kind, spec) := found if {
	found := aws_cloudfront_http.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_cloudfront_distribution" "site" {
  enabled = true
  default_cache_behavior {
    target_origin_id       = "site"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "redirect-to-https"
  }
}`

bad_example := `resource "aws_cloudfront_distribution" "site" {
  enabled = true
  default_cache_behavior {
    target_origin_id       = "site"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    viewer_protocol_policy = "allow-all"
  }
}`

test_behaviours if {
	_found("aws_cloudfront_distribution", {
		"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}],
		"ordered_cache_behavior": [{"viewer_protocol_policy": "https-only"}, {"viewer_protocol_policy": "allow-all"}],
	}) == {
		{"msg": "aws_cloudfront_distribution.x serves plain HTTP", "path": ["spec", "default_cache_behavior", 0, "viewer_protocol_policy"]},
		{"msg": "aws_cloudfront_distribution.x serves plain HTTP", "path": ["spec", "ordered_cache_behavior", 1, "viewer_protocol_policy"]},
	}
	_found("aws_cloudfront_distribution", {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}]}) == set()
	_found("aws_cloudfront_distribution", {}) == set()
}
