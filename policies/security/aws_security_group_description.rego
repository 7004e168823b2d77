# METADATA
# title: Security groups and rules without a description
# description: |
#   A rule without a description cannot be told from a forgotten one. Amazon VPC
#   User Guide, "Security group rules"; AWS Prescriptive Guidance asks for one on
#   each.
# custom:
#   id: security/aws-security-group-description
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Say in description who needs the rule, and what for.
#   scope: resource
#   kinds:
#     - terraform/aws_security_group
#     - terraform/aws_security_group_rule
#     - terraform/aws_vpc_security_group_ingress_rule
#     - terraform/aws_vpc_security_group_egress_rule
package holdfast.security.aws_security_group_description

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not aws.present(aws.get(_spec, "description"))
	msg := sprintf("%s has no description", [aws.title])
	path := aws.path(["spec"], _spec, "description")
}

warn contains {"msg": msg, "path": path} if {
	some direction, rules in _rules
	some i, block in rules
	not aws.present(aws.get(block, "description"))
	msg := sprintf("%s has an %s rule without a description", [aws.title, direction])
	path := aws.path(["spec", direction, i], block, "description")
}

_spec["description"] := input.resource.spec.description

_rules["ingress"] := input.resource.spec.ingress

_rules["egress"] := input.resource.spec.egress
