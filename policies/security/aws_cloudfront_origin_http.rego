# METADATA
# title: Distributions that fetch over plain HTTP
# description: |
#   An origin with origin_protocol_policy http-only is asked in plain text, also
#   for what viewers asked over HTTPS; so is one with match-viewer where viewers
#   may use HTTP. AWS Security Hub CloudFront.9; CloudFront Developer Guide,
#   "Require HTTPS between CloudFront and your custom origin". The origin's
#   protocols are to leave out SSLv3 and TLS below 1.2 (CloudFront.10).
# custom:
#   id: security/aws-cloudfront-origin-http
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set origin_protocol_policy to "https-only" and origin_ssl_protocols to ["TLSv1.2"]. A website
#     endpoint of S3 cannot do it: use the bucket with an origin access control.
#   scope: resource
#   kinds: [terraform/aws_cloudfront_distribution]
package holdfast.security.aws_cloudfront_origin_http

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "origin", i, "custom_origin_config", j, "origin_protocol_policy"]} if {
	some i
	some j, config in input.resource.spec.origin[i].custom_origin_config
	config.origin_protocol_policy == "http-only"
	msg := sprintf("%s fetches from an origin over plain HTTP", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "origin", i, "custom_origin_config", j, "origin_ssl_protocols", k]} if {
	some i
	some j, config in input.resource.spec.origin[i].custom_origin_config
	not config.origin_protocol_policy == "http-only"
	some k, version in config.origin_ssl_protocols
	version in {"SSLv3", "TLSv1", "TLSv1.1"}
	msg := sprintf("%s fetches from an origin by %s", [aws.title, version])
}
