# METADATA
# title: Backups of AWS services kept for some days only
# description: |
#   Automatic backups of databases and file systems, and recovery points of AWS
#   Backup plans, that are kept for fewer days than the parameter
#   aws_min_backup_days. Aurora, DocumentDB, Neptune and Redshift keep them for 1
#   day where nothing is set. That there are none at all is for
#   dr/aws-no-backups. AWS Security Hub RDS.50 and DocumentDB.2.
# custom:
#   id: dr/aws-backup-retention
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Keep them for 7 days or more, longer than it takes to notice a loss.
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
#     - terraform/aws_fsx_lustre_file_system
#     - terraform/aws_backup_plan
#   params:
#     aws_min_backup_days: 7
package holdfast.dr.aws_backup_retention

import data.holdfast.lib.aws

# Kinds that keep backups for one day where nothing is set.
_one_day := {
	"aws_rds_cluster": "backup_retention_period",
	"aws_docdb_cluster": "backup_retention_period",
	"aws_neptune_cluster": "backup_retention_period",
	"aws_redshift_cluster": "automated_snapshot_retention_period",
}

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, value in _spec
	days := aws.number(value)
	_short(days)
	msg := _phrase(days)
}

deny contains {"msg": msg, "path": ["spec"]} if {
	attribute := _one_day[input.resource.kind]
	aws.get(_spec, attribute) == null
	days := 1
	_short(days)
	msg := _phrase(days)
}

deny contains {"msg": msg, "path": ["spec", "rule", i, "lifecycle", j, "delete_after"]} if {
	some i
	some j
	days := aws.number(input.resource.spec.rule[i].lifecycle[j].delete_after)
	_short(days)
	msg := _phrase(days)
}

_short(days) if {
	days > 0
	days < data.holdfast.params.aws_min_backup_days
}

_phrase(days) := sprintf("%s keeps backups for %s, below %d", [aws.title, _days(days), data.holdfast.params.aws_min_backup_days])

_days(1) := "1 day"

_days(count_) := sprintf("%d days", [count_]) if count_ != 1

_spec["backup_retention_period"] := input.resource.spec.backup_retention_period

_spec["automated_snapshot_retention_period"] := input.resource.spec.automated_snapshot_retention_period

_spec["automatic_backup_retention_days"] := input.resource.spec.automatic_backup_retention_days
