package holdfast.dr.google_backup_retention_test

import data.holdfast.dr.google_backup_retention
import data.holdfast.lib.attributes_test

_warn(kept) := found if {
	backup := {"backup_retention_settings": [{"retained_backups": kept}]}
	spec := {"settings": [{"backup_configuration": [backup]}]}
	found := google_backup_retention.warn with input as attributes_test.judged("google_sql_database_instance", spec)
		with data.holdfast.params.google_backups as 7
}

test_few_backups_are_found if {
	_warn(6) == {{
		"msg": "google_sql_database_instance.it keeps 6 backups, less than 7",
		"path": ["spec", "settings", 0, "backup_configuration", 0, "backup_retention_settings", 0, "retained_backups"],
	}}
	count(_warn(1)) == 1
}

test_enough_backups_pass if {
	_warn(7) == set()
	_warn("${var.x}") == set()
	_warn(null) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_15"

  settings {
    tier = "db-custom-2-7680"

    backup_configuration {
      enabled = true

      backup_retention_settings {
        retained_backups = 14
      }
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

      backup_retention_settings {
        retained_backups = 3
      }
    }
  }
}
`
