package holdfast.dr.google_bucket_force_destroy_test

import data.holdfast.dr.google_bucket_force_destroy
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_bucket_force_destroy.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_storage_bucket.it is emptied by Terraform when it is deleted", "path": path}}

test_the_fault_is_found if {
	_found("google_storage_bucket", {"force_destroy": true}) == _fault(["spec", "force_destroy"])
	_found("google_storage_bucket", {"force_destroy": "true"}) == _fault(["spec", "force_destroy"])
}

test_what_is_well_passes if {
	_found("google_storage_bucket", {"force_destroy": false}) == set()
	_found("google_storage_bucket", {"force_destroy": "${var.x}"}) == set()
	_found("google_storage_bucket", {}) == set()
	_found("google_storage_bucket", null) == set()
}

good_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"
  force_destroy = false
}
`

bad_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"
  force_destroy = true
}
`
