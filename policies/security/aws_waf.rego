# METADATA
# title: Front doors without a web firewall
# description: |
#   CloudFront distributions without web_acl_id, and API stages without an
#   association with a web ACL. AWS Security Hub CloudFront.6 and APIGateway.4.
# custom:
#   id: security/aws-waf
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set web_acl_id to the ARN of an aws_wafv2_web_acl, or add an aws_wafv2_web_acl_association for
#     the stage.
#   scope: resource
#   kinds:
#     - terraform/aws_cloudfront_distribution
#     - terraform/aws_api_gateway_stage
package holdfast.security.aws_waf

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_cloudfront_distribution"
	not aws.present(aws.get(_spec, "web_acl_id"))
	msg := sprintf("%s has no web firewall", [aws.title])
	path := aws.path(["spec"], _spec, "web_acl_id")
}

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_api_gateway_stage"
	not aws.attached(_associations, "resource_arn")
	msg := sprintf("%s has no web firewall", [aws.title])
}

_associations := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_wafv2_web_acl_association"]]

_spec["web_acl_id"] := input.resource.spec.web_acl_id
