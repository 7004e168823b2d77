# METADATA
# title: Snapshots and images shared with everyone
# description: |
#   A snapshot or image that every AWS account may restore gives away all that
#   was on the disk. Database snapshots shared with "all", images launched by the
#   group all, and a public sharing of EBS snapshots that is not blocked. AWS
#   Security Hub RDS.1 and EC2.1.
# custom:
#   id: security/aws-public-snapshot
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Share it with the account ids that need it.
#   scope: resource
#   kinds:
#     - terraform/aws_db_snapshot
#     - terraform/aws_db_cluster_snapshot
#     - terraform/aws_ami_launch_permission
#     - terraform/aws_ebs_snapshot_block_public_access
#     - terraform/aws_snapshot_create_volume_permission
#     - terraform/aws_db_snapshot_copy
package holdfast.security.aws_public_snapshot

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "shared_accounts", i]} if {
	some i, "all" in input.resource.spec.shared_accounts
	msg := sprintf("%s is shared with every AWS account", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "group"]} if {
	input.resource.kind == "aws_ami_launch_permission"
	input.resource.spec.group == "all"
	msg := sprintf("%s lets every AWS account launch the image", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "account_id"]} if {
	input.resource.spec.account_id == "all"
	msg := sprintf("%s shares the snapshot with every AWS account", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "state"]} if {
	input.resource.spec.state == "unblocked"
	msg := sprintf("%s lets snapshots be shared with every AWS account", [aws.title])
}
