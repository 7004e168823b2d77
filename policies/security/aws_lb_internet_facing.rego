# METADATA
# title: Load balancers on the internet
# description: |
#   A load balancer has public addresses unless internal is true, which is worth
#   a look at each. Elastic Load Balancing User Guide, "Load balancer scheme".
# custom:
#   id: security/aws-lb-internet-facing
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set internal to true, or waive the rule for the load balancers that serve the internet.
#   scope: resource
#   kinds:
#     - terraform/aws_lb
#     - terraform/aws_alb
#     - terraform/aws_elb
package holdfast.security.aws_lb_internet_facing

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not aws.on(aws.get(_spec, "internal"))
	aws.get(_spec, "load_balancer_type") != "gateway"
	msg := sprintf("%s is on the internet", [aws.title])
	path := aws.path(["spec"], _spec, "internal")
}

_spec["internal"] := input.resource.spec.internal

_spec["load_balancer_type"] := input.resource.spec.load_balancer_type
