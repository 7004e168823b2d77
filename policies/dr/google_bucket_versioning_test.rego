package holdfast.dr.google_bucket_versioning_test

import data.holdfast.dr.google_bucket_versioning
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_bucket_versioning.warn with input as attributes_test.judged(kind, spec)
}

test_no_versions_are_found if {
	_found("google_storage_bucket", {"versioning": [{"enabled": false}]}) == {{
		"msg": "google_storage_bucket.it keeps no old versions",
		"path": ["spec", "versioning", 0, "enabled"],
	}}
	{f.path | some f in _found("google_storage_bucket", {"retention_policy": []})} == {["spec"]}
}

test_versions_pass if {
	_found("google_storage_bucket", {"versioning": [{"enabled": true}]}) == set()
	_found("google_storage_bucket", {"versioning": [{"enabled": "${var.x}"}]}) == set()
	_found("google_storage_bucket", {"retention_policy": [{"retention_period": 86400}]}) == set()
}

good_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"

  versioning {
    enabled = true
  }
}
`

bad_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"
}
`
