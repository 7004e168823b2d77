# METADATA
# title: Tables without point-in-time recovery
# description: |
#   A DynamoDB or Keyspaces table, or a replica of one, that cannot be restored
#   to how it was at a second of the last 35 days. It is off by default. AWS
#   Security Hub DynamoDB.2.
# custom:
#   id: dr/aws-point-in-time-recovery
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Add point_in_time_recovery with enabled true (for Keyspaces, status "ENABLED"); for each
#     replica, point_in_time_recovery true.
#   scope: resource
#   kinds:
#     - terraform/aws_dynamodb_table
#     - terraform/aws_keyspaces_table
package holdfast.dr.aws_point_in_time_recovery

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec"]} if {
	not _has_block
	msg := sprintf("%s has no point-in-time recovery", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	some i, block in input.resource.spec.point_in_time_recovery
	field := _field
	not _enabled(aws.get(block, field))
	msg := sprintf("%s has no point-in-time recovery", [aws.title])
	path := aws.path(["spec", "point_in_time_recovery", i], block, field)
}

deny contains {"msg": msg, "path": path} if {
	some i, replica in input.resource.spec.replica
	not aws.on(aws.get(replica, "point_in_time_recovery"))
	msg := sprintf("a replica of %s has no point-in-time recovery", [aws.title])
	path := aws.path(["spec", "replica", i], replica, "point_in_time_recovery")
}

_has_block if aws.present(input.resource.spec.point_in_time_recovery)

_field := "status" if {
	input.resource.kind == "aws_keyspaces_table"
} else := "enabled"

_enabled(value) if aws.on(value)

_enabled("ENABLED") := true
