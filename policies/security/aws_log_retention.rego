# METADATA
# title: Log groups that never expire or expire too soon
# description: |
#   A log group without retention_in_days keeps its logs, and what is in them
#   about people, for ever; one that keeps them for less than a year cannot tell
#   of an intrusion that was found late. AWS Security Hub CloudWatch.16; the days
#   are those of the parameter aws_min_log_days.
# custom:
#   id: security/aws-log-retention
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set retention_in_days to 365 or more.
#   scope: resource
#   kinds: [terraform/aws_cloudwatch_log_group]
#   params:
#     aws_min_log_days: 365
package holdfast.security.aws_log_retention

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	_for_ever(aws.get(_spec, "retention_in_days"))
	msg := sprintf("%s never expires", [aws.title])
	path := aws.path(["spec"], _spec, "retention_in_days")
}

warn contains {"msg": msg, "path": ["spec", "retention_in_days"]} if {
	days := aws.number(_spec.retention_in_days)
	days > 0
	days < data.holdfast.params.aws_min_log_days
	msg := sprintf("%s keeps logs for %d days, below %d", [aws.title, days, data.holdfast.params.aws_min_log_days])
}

_for_ever(null) := true

_for_ever(days) if aws.number(days) == 0

_spec["retention_in_days"] := input.resource.spec.retention_in_days
