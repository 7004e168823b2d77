package holdfast.security.google_bucket_logging_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_bucket_logging

_found(kind, spec) := found if {
	found := google_bucket_logging.warn with input as attributes_test.judged(kind, spec)
}

test_no_log_is_found if {
	_found("google_storage_bucket", {}) == {{
		"msg": "google_storage_bucket.it keeps no log of who reads it",
		"path": ["spec"],
	}}
	count(_found("google_storage_bucket", {"logging": []})) == 1
}

test_a_log_passes if {
	_found("google_storage_bucket", {"logging": [{"log_bucket": "logs"}]}) == set()
	_found("google_storage_bucket", {"logging": [{}]}) == set()
}

good_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"

  logging {
    log_bucket = "example-logs"
  }
}
`

bad_example := `resource "google_storage_bucket" "assets" {
  name     = "example-assets"
  location = "EU"
}
`
