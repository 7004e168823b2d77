# METADATA
# title: Load balancers that may be deleted at once
# description: |
#   Deleting a load balancer takes its name and addresses away, and with them all
#   that points there; it can be done at once unless enable_deletion_protection
#   is true. AWS Security Hub ELB.6.
# custom:
#   id: dr/aws-lb-deletion-protection
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set enable_deletion_protection to true.
#   scope: resource
#   kinds:
#     - terraform/aws_lb
#     - terraform/aws_alb
package holdfast.dr.aws_lb_deletion_protection

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not aws.on(aws.get(_spec, "enable_deletion_protection"))
	msg := sprintf("%s is not protected against deletion", [aws.title])
	path := aws.path(["spec"], _spec, "enable_deletion_protection")
}

_spec["enable_deletion_protection"] := input.resource.spec.enable_deletion_protection
