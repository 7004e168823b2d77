# METADATA
# title: Public zones without query logs
# description: |
#   Without an aws_route53_query_log nobody sees who asks for which names of a
#   public zone. Private zones have none. AWS Security Hub Route53.2.
# custom:
#   id: security/aws-dns-logs
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add an aws_route53_query_log for the zone, with a log group in us-east-1.
#   scope: resource
#   kinds: [terraform/aws_route53_zone]
package holdfast.security.aws_dns_logs

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not _private
	not aws.attached(_logs, "zone_id")
	msg := sprintf("%s has no query log", [aws.title])
}

_private if aws.present(input.resource.spec.vpc)

_logs := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_route53_query_log"]]
