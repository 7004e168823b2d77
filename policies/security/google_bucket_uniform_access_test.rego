package holdfast.security.google_bucket_uniform_access_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_bucket_uniform_access

_found(kind, spec) := found if {
	found := google_bucket_uniform_access.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_storage_bucket.it lets each object have a list of its own", "path": path}}

test_the_fault_is_found if {
	_found("google_storage_bucket", {"uniform_bucket_level_access": false}) == _fault(["spec", "uniform_bucket_level_access"])
	_found("google_storage_bucket", {"uniform_bucket_level_access": "false"}) == _fault(["spec", "uniform_bucket_level_access"])
	_found("google_storage_bucket", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("google_storage_bucket", {"uniform_bucket_level_access": true}) == set()
	_found("google_storage_bucket", {"uniform_bucket_level_access": "${var.x}"}) == set()
}

good_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"
  uniform_bucket_level_access = true
}
`

bad_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"
}
`
