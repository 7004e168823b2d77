package holdfast.security.google_sql_authorized_networks_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_sql_authorized_networks

_found(kind, spec) := found if {
	found := google_sql_authorized_networks.deny with input as attributes_test.judged(kind, spec)
}

_networks(networks) := _found("google_sql_database_instance", {"settings": [{"ip_configuration": [{"authorized_networks": networks}]}]})

test_all_addresses_are_found if {
	_networks([{"value": "198.51.100.7/32"}, {"value": "0.0.0.0/0"}]) == {{
		"msg": "google_sql_database_instance.it lets in the whole Internet: 0.0.0.0/0 is authorized",
		"path": ["spec", "settings", 0, "ip_configuration", 0, "authorized_networks", 1, "value"],
	}}
	count(_networks([{"value": "::/0"}])) == 1
}

test_named_networks_pass if {
	_networks([{"value": "198.51.100.0/24"}]) == set()
	_networks([{"value": "${var.office}"}, {"value": null}, null]) == set()
	_found("google_sql_database_instance", {}) == set()
}

good_example := `resource "google_sql_database_instance" "shop" {
  name             = "shop"
  region           = "europe-west1"
  database_version = "POSTGRES_16"

  settings {
    tier = "db-custom-2-7680"

    ip_configuration {
      authorized_networks {
        value = "198.51.100.0/24"
      }
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
      authorized_networks {
        value = "0.0.0.0/0"
      }
    }
  }
}
`
