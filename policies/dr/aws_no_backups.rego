# METADATA
# title: Databases and file systems that are not backed up
# description: |
#   A database or a file system whose automatic backups are off. For
#   aws_db_instance, FSx for ONTAP and FSx for OpenZFS that is the provider's
#   default; the others keep some unless the code says 0. Read replicas are
#   backed up where they replicate from. Terraform AWS provider, the resources
#   named; AWS Security Hub RDS.11.
# custom:
#   id: dr/aws-no-backups
#   category: dr
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Set backup_retention_period (automatic_backup_retention_days,
#     automated_snapshot_retention_period) to 7 days or more.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_neptune_cluster
#     - terraform/aws_redshift_cluster
#     - terraform/aws_fsx_windows_file_system
#     - terraform/aws_fsx_ontap_file_system
#     - terraform/aws_fsx_openzfs_file_system
package holdfast.dr.aws_no_backups

import data.holdfast.lib.aws

# The attribute of each kind, and whether it is 0 where it is not set.
_attributes := {
	"aws_db_instance": ["backup_retention_period", true],
	"aws_rds_cluster": ["backup_retention_period", false],
	"aws_docdb_cluster": ["backup_retention_period", false],
	"aws_neptune_cluster": ["backup_retention_period", false],
	"aws_redshift_cluster": ["automated_snapshot_retention_period", false],
	"aws_fsx_windows_file_system": ["automatic_backup_retention_days", false],
	"aws_fsx_ontap_file_system": ["automatic_backup_retention_days", true],
	"aws_fsx_openzfs_file_system": ["automatic_backup_retention_days", true],
}

deny contains {"msg": msg, "path": path} if {
	[attribute, by_default] := _attributes[input.resource.kind]
	_none(aws.get(_spec, attribute), by_default)
	not _replica
	msg := sprintf("%s takes no automatic backups", [aws.title])
	path := aws.path(["spec"], _spec, attribute)
}

_none(days, _) if aws.number(days) == 0

_none(null, true) := true

_replica if aws.present(input.resource.spec.replicate_source_db)

_spec["backup_retention_period"] := input.resource.spec.backup_retention_period

_spec["automated_snapshot_retention_period"] := input.resource.spec.automated_snapshot_retention_period

_spec["automatic_backup_retention_days"] := input.resource.spec.automatic_backup_retention_days
