# METADATA
# title: VPCs without flow logs
# description: |
#   Without a flow log nobody can say afterwards who talked to whom. A log of the
#   VPC, or of all its subnets, is an aws_flow_log. CIS AWS Foundations Benchmark
#   3.0.0, section 3.7.
# custom:
#   id: security/aws-flow-logs
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-aws/3.7]
#   remediation: >-
#     Add an aws_flow_log with the VPC's id and traffic_type "REJECT" or "ALL".
#   scope: resource
#   kinds:
#     - terraform/aws_vpc
#     - terraform/aws_default_vpc
package holdfast.security.aws_flow_logs

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not aws.attached(_logs, "vpc_id")
	msg := sprintf("%s has no flow log", [aws.title])
}

_logs := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_flow_log"]]
