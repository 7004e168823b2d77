package holdfast.security.google_public_grant_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_public_grant

_found(kind, spec) := found if {
	found := google_public_grant.deny with input as attributes_test.judged(kind, spec)
}

test_grants_to_everyone_are_found if {
	_found("google_kms_crypto_key_iam_member", {"role": "roles/cloudkms.cryptoKeyDecrypter", "member": "allUsers"}) == {{
		"msg": "google_kms_crypto_key_iam_member.it gives roles/cloudkms.cryptoKeyDecrypter to allUsers",
		"path": ["spec", "member"],
	}}
	{f.path | some f in _found("google_pubsub_topic_iam_binding", {"role": "x", "members": ["allAuthenticatedUsers"]})} == {[
		"spec",
		"members",
		0,
	]}
}

test_open_data_sets_are_found if {
	_found("google_bigquery_dataset", {"access": [{"role": "OWNER"}, {"special_group": "allAuthenticatedUsers"}]}) == {{
		"msg": "google_bigquery_dataset.it gives access to allAuthenticatedUsers",
		"path": ["spec", "access", 1, "special_group"],
	}}
	{f.path | some f in _found("google_bigquery_dataset", {"access": [{"iam_member": "allUsers"}]})} == {[
		"spec",
		"access",
		0,
		"iam_member",
	]}
	{f.path | some f in _found("google_bigquery_dataset_access", {"special_group": "allAuthenticatedUsers"})} == {["spec", "special_group"]}
	{f.path | some f in _found("google_bigquery_dataset_access", {"iam_member": "allUsers"})} == {["spec", "iam_member"]}
}

test_named_accounts_pass if {
	_found("google_kms_crypto_key_iam_member", {"role": "x", "member": "user:a@example.com"}) == set()
	_found("google_bigquery_dataset", {"access": [{"special_group": "projectOwners"}]}) == set()
	_found("google_bigquery_dataset_access", {"special_group": "projectReaders"}) == set()
	_found("google_bigquery_dataset", {}) == set()
}

good_example := `resource "google_kms_crypto_key_iam_member" "shop" {
  crypto_key_id = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/shop"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "serviceAccount:shop@example.iam.gserviceaccount.com"
}
`

bad_example := `resource "google_kms_crypto_key_iam_member" "shop" {
  crypto_key_id = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/shop"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "allUsers"
}
`
