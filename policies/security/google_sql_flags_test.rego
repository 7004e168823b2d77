package holdfast.security.google_sql_flags_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_sql_flags

_found(kind, spec) := found if {
	found := google_sql_flags.deny with input as attributes_test.judged(kind, spec)
}

_flags(flags) := _found("google_sql_database_instance", {"settings": [{"database_flags": flags}]})

test_bad_flags_are_found if {
	_flags([{"name": "max_connections", "value": "100"}, {"name": "local_infile", "value": "on"}]) == {{
		"msg": `google_sql_database_instance.it sets the flag "local_infile" to on`,
		"path": ["spec", "settings", 0, "database_flags", 1, "value"],
	}}
	every name, value in {
		"skip_show_database": "off",
		"log_connections": "off",
		"log_disconnections": "off",
		"log_checkpoints": "OFF",
		"log_lock_waits": "off",
		"cloudsql.enable_pgaudit": "off",
		"external scripts enabled": "on",
		"cross db ownership chaining": "on",
		"contained database authentication": "ON",
		"remote access": "on",
		"3625": "off",
	} {
		count(_flags([{"name": name, "value": value}])) == 1
	}
}

test_good_flags_pass if {
	_flags([{"name": "local_infile", "value": "off"}, {"name": "log_connections", "value": "on"}]) == set()
	_flags([{"name": "other", "value": "on"}, {"name": "local_infile", "value": null}, null]) == set()
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
  }
}
`

bad_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"

    database_flags {
      name  = "log_connections"
      value = "off"
    }
  }
}
`
