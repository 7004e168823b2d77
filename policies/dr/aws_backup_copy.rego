# METADATA
# title: Backup plans that keep everything in one place
# description: |
#   A rule of an AWS Backup plan without copy_action keeps its recovery points in
#   one vault, of one region and one account. AWS Well-Architected, Reliability
#   Pillar, REL09-BP02; NIST SP 800-53, CP-6.
# custom:
#   id: dr/aws-backup-copy
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add a copy_action with the ARN of a vault in another region, better in another account.
#   scope: resource
#   kinds: [terraform/aws_backup_plan]
package holdfast.dr.aws_backup_copy

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "rule", i]} if {
	some i, rule in input.resource.spec.rule
	not aws.present(aws.get(rule, "copy_action"))
	msg := sprintf("%s of %s copies nothing to another vault", [_title(rule), aws.title])
}

_title(rule) := sprintf("rule %q", [rule.rule_name]) if {
	is_string(rule.rule_name)
} else := "a rule"
