package holdfast.security.google_bucket_public_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_bucket_public

_found(kind, spec) := found if {
	found := google_bucket_public.deny with input as attributes_test.judged(kind, spec)
}

test_grants_to_everyone_are_found if {
	_found("google_storage_bucket_iam_member", {"role": "roles/storage.objectViewer", "member": "allUsers"}) == {{
		"msg": "google_storage_bucket_iam_member.it gives roles/storage.objectViewer to allUsers",
		"path": ["spec", "member"],
	}}
	_found("google_storage_bucket_iam_binding", {"role": "x", "members": ["user:a@example.com", "allAuthenticatedUsers"]}) == {{
		"msg": "google_storage_bucket_iam_binding.it gives x to allAuthenticatedUsers",
		"path": ["spec", "members", 1],
	}}
}

test_open_lists_are_found if {
	every acl in ["publicRead", "publicReadWrite", "authenticatedRead"] {
		_found("google_storage_bucket_acl", {"predefined_acl": acl}) == {{
			"msg": sprintf("google_storage_bucket_acl.it opens a bucket to everyone by the access control list %s", [acl]),
			"path": ["spec", "predefined_acl"],
		}}
	}
	_found("google_storage_bucket_acl", {"role_entity": ["OWNER:user-a", "READER:allUsers"]}) == {{
		"msg": "google_storage_bucket_acl.it opens a bucket to everyone by the access control entry READER:allUsers",
		"path": ["spec", "role_entity", 1],
	}}
	count(_found("google_storage_bucket_acl", {"role_entity": ["READER:allAuthenticatedUsers"]})) == 1
	every entity in ["allUsers", "allAuthenticatedUsers"] {
		_found("google_storage_bucket_access_control", {"entity": entity}) == {{
			"msg": sprintf("google_storage_bucket_access_control.it opens a bucket to everyone by an access control entry for %s", [entity]),
			"path": ["spec", "entity"],
		}}
	}
}

test_named_accounts_pass if {
	_found("google_storage_bucket_iam_member", {"role": "x", "member": "group:a@example.com"}) == set()
	_found("google_storage_bucket_acl", {"predefined_acl": "private", "role_entity": ["READER:user-allUsers", 1]}) == set()
	_found("google_storage_bucket_access_control", {"entity": "domain-example.com"}) == set()
	_found("google_storage_bucket_acl", {}) == set()
}

good_example := `resource "google_storage_bucket_iam_member" "readers" {
  bucket = "example-assets"
  role   = "roles/storage.objectViewer"
  member = "group:readers@example.com"
}
`

bad_example := `resource "google_storage_bucket_iam_member" "readers" {
  bucket = "example-assets"
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}
`
