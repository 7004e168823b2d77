package holdfast.security.google_sql_postgresql_logging_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_sql_postgresql_logging

_found(kind, spec) := found if {
	found := google_sql_postgresql_logging.warn with input as attributes_test.judged(kind, spec)
}

_postgres(flags) := _found("google_sql_database_instance", {
	"database_version": "POSTGRES_16",
	"settings": [{"database_flags": [{"name": flag, "value": "on"} | some flag in flags]}],
})

test_missing_flags_are_found if {
	_postgres(["log_connections"]) == {{
		"msg": "google_sql_database_instance.it does not set cloudsql.enable_pgaudit, log_disconnections",
		"path": ["spec", "settings", 0, "database_flags"],
	}}
	count(_postgres(["log_connections", "log_disconnections"])) == 1
	_found("google_sql_database_instance", {"database_version": "POSTGRES_16"}) == {{
		"msg": "google_sql_database_instance.it does not set cloudsql.enable_pgaudit, log_connections, log_disconnections",
		"path": ["spec"],
	}}
}

test_all_flags_pass if {
	_postgres(["cloudsql.enable_pgaudit", "log_connections", "log_disconnections"]) == set()
}

test_other_databases_pass if {
	_found("google_sql_database_instance", {"database_version": "MYSQL_8_0"}) == set()
	_found("google_sql_database_instance", {"database_version": null}) == set()
	_found("google_sql_database_instance", {}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "cloudsql.enable_pgaudit"
      value = "on"
    }
  }
}
`

bad_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"
  }
}
`
