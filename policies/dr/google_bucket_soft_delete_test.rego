package holdfast.dr.google_bucket_soft_delete_test

import data.holdfast.dr.google_bucket_soft_delete
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_bucket_soft_delete.warn with input as attributes_test.judged(kind, spec)
}

_policy(seconds, changes) := _found("google_storage_bucket", object.union(
	{"soft_delete_policy": [{"retention_duration_seconds": seconds}]},
	changes,
))

test_off_is_found if {
	_policy(0, {}) == {{
		"msg": "google_storage_bucket.it switches soft delete off",
		"path": ["spec", "soft_delete_policy", 0, "retention_duration_seconds"],
	}}
	count(_policy("0", {"versioning": [{"enabled": false}]})) == 1
}

test_on_passes if {
	_policy(604800, {}) == set()
	_policy(null, {}) == set()
	_policy(0, {"versioning": [{"enabled": true}]}) == set()
	_found("google_storage_bucket", {}) == set()
}

good_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"

  soft_delete_policy {
    retention_duration_seconds = 604800
  }
}
`

bad_example := `resource "google_storage_bucket" "orders" {
  name     = "example-orders"
  location = "EU"

  soft_delete_policy {
    retention_duration_seconds = 0
  }
}
`
