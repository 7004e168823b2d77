# METADATA
# title: Distributions that serve plain HTTP
# description: |
#   A cache behaviour with viewer_protocol_policy allow-all serves whatever is
#   asked for over HTTP. AWS Security Hub CloudFront.3.
# custom:
#   id: security/aws-cloudfront-http
#   category: security
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set viewer_protocol_policy to "redirect-to-https" or "https-only".
#   scope: resource
#   kinds: [terraform/aws_cloudfront_distribution]
package holdfast.security.aws_cloudfront_http

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "default_cache_behavior", i, "viewer_protocol_policy"]} if {
	some i
	input.resource.spec.default_cache_behavior[i].viewer_protocol_policy == "allow-all"
	msg := sprintf("%s serves plain HTTP", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "ordered_cache_behavior", i, "viewer_protocol_policy"]} if {
	some i
	input.resource.spec.ordered_cache_behavior[i].viewer_protocol_policy == "allow-all"
	msg := sprintf("%s serves plain HTTP", [aws.title])
}
