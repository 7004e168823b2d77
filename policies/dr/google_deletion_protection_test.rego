package holdfast.dr.google_deletion_protection_test

import data.holdfast.dr.google_deletion_protection
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_deletion_protection.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_sql_database_instance.it may be deleted by Terraform with all that it holds", "path": path}}

test_the_fault_is_found if {
	_found("google_sql_database_instance", {"deletion_protection": false}) == _fault(["spec", "deletion_protection"])
	_found("google_sql_database_instance", {"deletion_protection": "false"}) == _fault(["spec", "deletion_protection"])
}

test_what_is_well_passes if {
	_found("google_sql_database_instance", {"deletion_protection": true}) == set()
	_found("google_sql_database_instance", {"deletion_protection": "${var.x}"}) == set()
	_found("google_sql_database_instance", {}) == set()
	_found("google_sql_database_instance", null) == set()
}

good_example := `resource "google_bigtable_instance" "orders" {
  name                = "orders"
  deletion_protection = true
}
`

bad_example := `resource "google_bigtable_instance" "orders" {
  name                = "orders"
  deletion_protection = false
}
`
