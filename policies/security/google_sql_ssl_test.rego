package holdfast.security.google_sql_ssl_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_sql_ssl

_found(kind, spec) := found if {
	found := google_sql_ssl.deny with input as attributes_test.judged(kind, spec)
}

_configured(configuration) := _found("google_sql_database_instance", {"settings": [{"ip_configuration": [configuration]}]})

_fault(path) := {{"msg": "google_sql_database_instance.it accepts unencrypted connections", "path": path}}

test_unencrypted_connections_are_found if {
	_configured({"ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}) == _fault(["spec", "settings", 0, "ip_configuration", 0, "ssl_mode"])
	_configured({"require_ssl": false}) == _fault(["spec"])
	_found("google_sql_database_instance", {}) == _fault(["spec"])
}

test_encrypted_connections_pass if {
	_configured({"ssl_mode": "ENCRYPTED_ONLY"}) == set()
	_configured({"ssl_mode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}) == set()
	_configured({"require_ssl": true}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"
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

    ip_configuration {
      ipv4_enabled = true
    }
  }
}
`
