package holdfast.dr.google_sql_backup_test

import data.holdfast.dr.google_sql_backup
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_sql_backup.deny with input as attributes_test.judged(kind, spec)
}

_sql(changes, backup) := _found("google_sql_database_instance", object.union(
	{"settings": [{"backup_configuration": [backup]}]},
	changes,
))

test_no_backups_are_found if {
	_sql({"master_instance_name": ""}, {"enabled": false}) == {{
		"msg": "google_sql_database_instance.it has no backups",
		"path": ["spec", "settings", 0, "backup_configuration", 0, "enabled"],
	}}
	{f.path | some f in _sql({"instance_type": "CLOUD_SQL_INSTANCE"}, {})} == {["spec"]}
	{f.path | some f in _found("google_sql_database_instance", {})} == {["spec"]}
}

test_backups_pass if {
	_sql({}, {"enabled": true}) == set()
	_sql({}, {"enabled": "${var.x}"}) == set()
}

test_replicas_pass if {
	_found("google_sql_database_instance", {"master_instance_name": "x"}) == set()
	_found("google_sql_database_instance", {"instance_type": "READ_REPLICA_INSTANCE"}) == set()
	_found("google_sql_database_instance", {"instance_type": "READ_POOL_INSTANCE"}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = true
    }
  }
}
`

bad_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"
  }
}
`
