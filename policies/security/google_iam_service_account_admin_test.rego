package holdfast.security.google_iam_service_account_admin_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_iam_service_account_admin

_found(kind, spec) := found if {
	found := google_iam_service_account_admin.warn with input as attributes_test.judged(kind, spec)
}

test_administrators_are_found if {
	member := "serviceAccount:ci@example.iam.gserviceaccount.com"
	_found("google_project_iam_member", {"role": "roles/storage.admin", "member": member}) == {{
		"msg": "google_project_iam_member.it gives roles/storage.admin to serviceAccount:ci@example.iam.gserviceaccount.com",
		"path": ["spec", "role"],
	}}
	every role in ["roles/iam.securityAdmin", "roles/resourcemanager.projectIamAdmin", "roles/compute.networkAdmin"] {
		count(_found("google_project_iam_member", {"role": role, "member": member})) == 1
	}
}

test_other_grants_pass if {
	_found("google_project_iam_member", {"role": "roles/storage.admin", "member": "group:a@example.com"}) == set()
	every role in ["roles/storage.objectViewer", "roles/viewer", "roles/x.administrator", "a roles/storage.admin"] {
		_found("google_project_iam_member", {"role": role, "member": "serviceAccount:a"}) == set()
	}
}

good_example := `resource "google_project_iam_member" "ci" {
  project = "example"
  role    = "roles/storage.objectViewer"
  member  = "serviceAccount:ci@example.iam.gserviceaccount.com"
}
`

bad_example := `resource "google_project_iam_member" "ci" {
  project = "example"
  role    = "roles/storage.admin"
  member  = "serviceAccount:ci@example.iam.gserviceaccount.com"
}
`
