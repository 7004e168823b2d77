# METADATA
# title: Default security groups that let something through
# description: |
#   Whatever is started without a security group gets the VPC's default one, so
#   it should let nothing in or out. CIS AWS Foundations Benchmark 3.0.0, section
#   5.4.
# custom:
#   id: security/aws-default-security-group
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/5.4]
#   remediation: >-
#     Remove the ingress and egress blocks of the aws_default_security_group, and give resources a
#     group of their own.
#   scope: resource
#   kinds: [terraform/aws_default_security_group]
package holdfast.security.aws_default_security_group

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", direction]} if {
	some direction, rules in _spec
	aws.present(rules)
	msg := sprintf("%s has %s rules", [aws.title, direction])
}

_spec["ingress"] := input.resource.spec.ingress

_spec["egress"] := input.resource.spec.egress
