package holdfast.dr.aws_no_backups_test

import data.holdfast.dr.aws_no_backups
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_no_backups.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine                  = "postgres"
  backup_retention_period = 14
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine = "postgres"
}`

_attributes := {
	"aws_db_instance": "backup_retention_period",
	"aws_rds_cluster": "backup_retention_period",
	"aws_docdb_cluster": "backup_retention_period",
	"aws_neptune_cluster": "backup_retention_period",
	"aws_redshift_cluster": "automated_snapshot_retention_period",
	"aws_fsx_windows_file_system": "automatic_backup_retention_days",
	"aws_fsx_ontap_file_system": "automatic_backup_retention_days",
	"aws_fsx_openzfs_file_system": "automatic_backup_retention_days",
}

_off_by_default := {"aws_db_instance", "aws_fsx_ontap_file_system", "aws_fsx_openzfs_file_system"}

test_each_kind if {
	every kind, attribute in _attributes {
		msg := sprintf("%s.x takes no automatic backups", [kind])
		_found(kind, {attribute: 0}) == {{"msg": msg, "path": ["spec", attribute]}}
		_found(kind, {attribute: 1}) == set()
		_found(kind, {attribute: samples.reference}) == set()
		_found(kind, {}) == {found | kind in _off_by_default; found := {"msg": msg, "path": ["spec"]}}
	}
}

test_replicas_pass if {
	_found("aws_db_instance", {"replicate_source_db": samples.reference}) == set()
	count(_found("aws_db_instance", {"replicate_source_db": ""})) == 1
}
