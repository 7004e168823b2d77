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

deny contains {"msg": msg, "path": ["spec", name, i, "viewer_protocol_policy"]} if {
	some name, behaviours in _spec
	some i, behaviour in behaviours
	behaviour.viewer_protocol_policy == "allow-all"
	msg := sprintf("%s serves plain HTTP", [aws.title])
}

_spec["default_cache_behavior"] := input.resource.spec.default_cache_behavior

_spec["ordered_cache_behavior"] := input.resource.spec.ordered_cache_behavior
