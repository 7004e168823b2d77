package holdfast.security.google_bucket_public_access_prevention_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_bucket_public_access_prevention

_found(kind, spec) := found if {
	found := google_bucket_public_access_prevention.warn with input as attributes_test.judged(kind, spec)
}

test_no_prevention_is_found if {
	_found("google_storage_bucket", {"public_access_prevention": "inherited"}) == {{
		"msg": "google_storage_bucket.it does not enforce public access prevention",
		"path": ["spec", "public_access_prevention"],
	}}
	{f.path | some f in _found("google_storage_bucket", {})} == {["spec"]}
}

test_prevention_passes if {
	_found("google_storage_bucket", {"public_access_prevention": "enforced"}) == set()
	_found("google_storage_bucket", {"public_access_prevention": "${var.x}"}) == set()
}

good_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"
  public_access_prevention = "enforced"
}
`

bad_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"
}
`
