# METADATA
# title: Load balancers that pass invalid headers on
# description: |
#   Headers that are no valid HTTP help to smuggle requests past the load
#   balancer; they are passed on unless drop_invalid_header_fields is true. AWS
#   Security Hub ELB.4.
# custom:
#   id: security/aws-lb-invalid-headers
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set drop_invalid_header_fields to true.
#   scope: resource
#   kinds:
#     - terraform/aws_lb
#     - terraform/aws_alb
package holdfast.security.aws_lb_invalid_headers

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not aws.on(aws.get(_spec, "drop_invalid_header_fields"))
	aws.get(_spec, "load_balancer_type") in {null, "application"}
	msg := sprintf("%s passes invalid headers on", [aws.title])
	path := aws.path(["spec"], _spec, "drop_invalid_header_fields")
}

_spec["drop_invalid_header_fields"] := input.resource.spec.drop_invalid_header_fields

_spec["load_balancer_type"] := input.resource.spec.load_balancer_type
