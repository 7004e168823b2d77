package holdfast.security.google_service_account_key_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_service_account_key

_found(kind, spec) := found if {
	found := google_service_account_key.warn with input as attributes_test.judged(kind, spec)
}

test_a_key_is_found if {
	_found("google_service_account_key", {"service_account_id": "x"}) == {{
		"msg": "google_service_account_key.it makes a key of a service account that does not expire",
		"path": ["spec"],
	}}
	count(_found("google_service_account_key", {})) == 1
}

# The private half of a key that is uploaded never leaves its owner.
test_an_uploaded_key_passes if {
	_found("google_service_account_key", {"public_key_data": "x"}) == set()
	_found("google_service_account_key", {"public_key_data": "${filebase64(\"x\")}"}) == set()
}

good_example := `resource "google_service_account" "shop" {
  account_id   = "shop"
  display_name = "The shop"
}
`

bad_example := `resource "google_service_account_key" "shop" {
  service_account_id = "projects/example/serviceAccounts/shop@example.iam.gserviceaccount.com"
}
`
