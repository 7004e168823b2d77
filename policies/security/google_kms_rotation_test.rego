package holdfast.security.google_kms_rotation_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_kms_rotation

_found(kind, spec) := found if {
	found := google_kms_rotation.deny with input as attributes_test.judged(kind, spec)
}

_key(spec) := _found("google_kms_crypto_key", spec)

test_no_rotation_is_found if {
	_key({"purpose": "ENCRYPT_DECRYPT", "import_only": false}) == {{
		"msg": "google_kms_crypto_key.it is never rotated by itself",
		"path": ["spec"],
	}}
	count(_key({})) == 1
}

test_rare_rotation_is_found if {
	_key({"rotation_period": "7776001s"}) == {{
		"msg": "google_kms_crypto_key.it is rotated every 7776001s, later than 90 days",
		"path": ["spec", "rotation_period"],
	}}
	count(_key({"rotation_period": "31536000.5s"})) == 1
}

test_frequent_rotation_passes if {
	every period in ["7776000s", "100000s", "${var.x}", 7776001, "text"] {
		_key({"rotation_period": period}) == set()
	}
}

test_keys_that_cannot_be_rotated_pass if {
	_key({"purpose": "ASYMMETRIC_SIGN"}) == set()
	_key({"import_only": true, "rotation_period": "7776001s"}) == set()
	_key({"purpose": "MAC", "rotation_period": "7776001s"}) == set()
}

good_example := `resource "google_kms_crypto_key" "shop" {
  name            = "shop"
  key_ring        = "projects/example/locations/europe-west1/keyRings/shop"
  rotation_period = "7776000s"
}
`

bad_example := `resource "google_kms_crypto_key" "shop" {
  name            = "shop"
  key_ring        = "projects/example/locations/europe-west1/keyRings/shop"
  rotation_period = "31536000s"
}
`
