package holdfast.security.aws_cloudfront_origin_http_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_cloudfront_origin_http

_found(kind, spec) := found if {
	found := aws_cloudfront_origin_http.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    origin_id   = "site"
    domain_name = "site.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
}`

bad_example := `resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    origin_id   = "site"
    domain_name = "site.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "http-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
}`

_origin(policy, versions) := {"origin": [{"custom_origin_config": [{"origin_protocol_policy": policy, "origin_ssl_protocols": versions}]}]}

test_origins if {
	_found("aws_cloudfront_distribution", _origin("http-only", ["TLSv1"])) == {{
		"msg": "aws_cloudfront_distribution.x fetches from an origin over plain HTTP",
		"path": ["spec", "origin", 0, "custom_origin_config", 0, "origin_protocol_policy"],
	}}
	every version in ["SSLv3", "TLSv1", "TLSv1.1"] {
		_found("aws_cloudfront_distribution", _origin("https-only", ["TLSv1.2", version])) == {{
			"msg": sprintf("aws_cloudfront_distribution.x fetches from an origin by %s", [version]),
			"path": ["spec", "origin", 0, "custom_origin_config", 0, "origin_ssl_protocols", 1],
		}}
	}
	_found("aws_cloudfront_distribution", _origin("https-only", ["TLSv1.2"])) == set()
	_found("aws_cloudfront_distribution", _origin("match-viewer", ["TLSv1.2"])) == set()
	_found("aws_cloudfront_distribution", {"origin": [{"domain_name": "a"}]}) == set()
}
