package holdfast.dr.aws_backup_retention_test

import data.holdfast.dr.aws_backup_retention
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_backup_retention.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_rds_cluster" "orders" {
  engine                  = "aurora-postgresql"
  backup_retention_period = 14
}`

bad_example := `resource "aws_rds_cluster" "orders" {
  engine                  = "aurora-postgresql"
  backup_retention_period = 3
}`

_params := {"aws_min_backup_days": 7}

test_short_ones_are_found if {
	every attribute in ["backup_retention_period", "automated_snapshot_retention_period", "automatic_backup_retention_days"] {
		_found("aws_db_instance", {attribute: 6}) == {{
			"msg": "aws_db_instance.x keeps backups for 6 days, below 7",
			"path": ["spec", attribute],
		}}
		count(_found("aws_db_instance", {attribute: "1"})) == 1
		_found("aws_db_instance", {attribute: 7}) == set()
		_found("aws_db_instance", {attribute: 0}) == set()
	}
	_found("aws_db_instance", {}) == set()
}

test_one_day_by_default if {
	every kind, attribute in {
		"aws_rds_cluster": "backup_retention_period",
		"aws_docdb_cluster": "backup_retention_period",
		"aws_neptune_cluster": "backup_retention_period",
		"aws_redshift_cluster": "automated_snapshot_retention_period",
	} {
		_found(kind, {}) == {{"msg": sprintf("%s.x keeps backups for 1 day, below 7", [kind]), "path": ["spec"]}}
		_found(kind, {attribute: 7}) == set()
		_found(kind, {attribute: samples.reference}) == set()
	}
}

test_one_day_may_be_enough if {
	found := aws_backup_retention.deny with input as samples.of("aws_rds_cluster", {}) with data.holdfast.params as {"aws_min_backup_days": 1}
	found == set()
}

test_plans if {
	_found("aws_backup_plan", {"rule": [{"rule_name": "a"}, {"lifecycle": [{"delete_after": 3}]}]}) == {{
		"msg": "aws_backup_plan.x keeps backups for 3 days, below 7",
		"path": ["spec", "rule", 1, "lifecycle", 0, "delete_after"],
	}}
	_found("aws_backup_plan", {"rule": [{"lifecycle": [{"delete_after": 7}, {"cold_storage_after": 1}]}]}) == set()
}
