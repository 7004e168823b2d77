package holdfast.security.google_iam_basic_role_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_iam_basic_role

_found(kind, spec) := found if {
	found := google_iam_basic_role.deny with input as attributes_test.judged(kind, spec)
}

test_basic_roles_are_found if {
	_found("google_project_iam_member", {"role": "roles/editor", "member": "group:a@example.com"}) == {{
		"msg": "google_project_iam_member.it gives the basic role roles/editor",
		"path": ["spec", "role"],
	}}
	count(_found("google_folder_iam_binding", {"role": "roles/owner", "members": ["user:a@example.com"]})) == 1
}

test_other_roles_pass if {
	_found("google_project_iam_member", {"role": "roles/viewer", "member": "group:a@example.com"}) == set()
	_found("google_project_iam_member", {"role": "roles/compute.viewer", "member": "group:a@example.com"}) == set()
	_found("google_project_iam_member", {"member": "roles/owner"}) == set()
}

good_example := `resource "google_project_iam_member" "ops" {
  project = "example"
  role    = "roles/compute.viewer"
  member  = "group:ops@example.com"
}
`

bad_example := `resource "google_project_iam_member" "ops" {
  project = "example"
  role    = "roles/editor"
  member  = "group:ops@example.com"
}
`
