package holdfast.dr.google_sql_pitr_test

import data.holdfast.dr.google_sql_pitr
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_sql_pitr.warn with input as attributes_test.judged(kind, spec)
}

_sql(changes, settings, backup) := _found("google_sql_database_instance", object.union(
	{"settings": [object.union({"backup_configuration": [backup]}, settings)]},
	changes,
))

test_no_log_is_found if {
	_sql({"master_instance_name": ""}, {}, {"enabled": true}) == {{
		"msg": "google_sql_database_instance.it cannot be recovered to a point in time between two backups",
		"path": ["spec", "settings", 0, "backup_configuration", 0],
	}}
	off := {"enabled": true, "binary_log_enabled": false, "point_in_time_recovery_enabled": false}
	count(_sql({}, {"edition": "ENTERPRISE"}, off)) == 1
}

test_a_log_passes if {
	_sql({}, {}, {"enabled": true, "binary_log_enabled": true}) == set()
	_sql({}, {}, {"enabled": true, "point_in_time_recovery_enabled": true}) == set()
	_sql({}, {"edition": "ENTERPRISE_PLUS"}, {"enabled": true}) == set()
}

test_instances_without_backups_pass if {
	_sql({}, {}, {"enabled": false}) == set()
	_sql({"master_instance_name": "x"}, {}, {"enabled": true}) == set()
	_sql({"instance_type": "READ_REPLICA_INSTANCE"}, {}, {"enabled": true}) == set()
	_sql({"instance_type": "READ_POOL_INSTANCE"}, {}, {"enabled": true}) == set()
	_found("google_sql_database_instance", {}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
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

    backup_configuration {
      enabled = true
    }
  }
}
`
