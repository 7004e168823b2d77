package holdfast.security.google_sql_public_ip_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_sql_public_ip

_found(kind, spec) := found if {
	found := google_sql_public_ip.deny with input as attributes_test.judged(kind, spec)
}

_configured(configuration) := _found("google_sql_database_instance", {"settings": [{"ip_configuration": [configuration]}]})

_fault(path) := {{"msg": "google_sql_database_instance.it has a public address", "path": path}}

test_public_addresses_are_found if {
	_configured({"ipv4_enabled": true}) == _fault(["spec", "settings", 0, "ip_configuration", 0, "ipv4_enabled"])
	_configured({"private_network": "x"}) == _fault(["spec"])
	_found("google_sql_database_instance", {}) == _fault(["spec"])
}

test_private_addresses_pass if {
	_configured({"ipv4_enabled": false}) == set()
	_configured({"ipv4_enabled": "${var.x}"}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      ipv4_enabled    = false
      private_network = "projects/example/global/networks/shop"
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
