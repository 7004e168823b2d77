# METADATA
# title: File systems without automatic backups
# description: |
#   An EFS file system made by Terraform is not in AWS Backup's daily plan unless
#   an aws_efs_backup_policy says so. One that a plan selects by its tags is not
#   seen. Terraform AWS provider, aws_efs_backup_policy; AWS Security Hub EFS.2.
# custom:
#   id: dr/aws-efs-backup
#   category: dr
#   severity: medium
#   profile: strict
#   remediation: >-
#     Add an aws_efs_backup_policy for the file system with backup_policy.status "ENABLED".
#   scope: resource
#   kinds:
#     - terraform/aws_efs_file_system
#     - terraform/aws_efs_backup_policy
package holdfast.dr.aws_efs_backup

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_efs_file_system"
	not aws.attached(_policies, "file_system_id")
	msg := sprintf("%s has no backup policy", [aws.title])
}

warn contains {"msg": msg, "path": ["spec", "backup_policy", i, "status"]} if {
	some i, policy in input.resource.spec.backup_policy
	policy.status == "DISABLED"
	msg := sprintf("%s turns backups off", [aws.title])
}

_policies := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_efs_backup_policy"]]
