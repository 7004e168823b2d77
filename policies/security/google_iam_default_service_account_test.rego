package holdfast.security.google_iam_default_service_account_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_iam_default_service_account

_found(kind, spec) := found if {
	found := google_iam_default_service_account.deny with input as attributes_test.judged(kind, spec)
}

test_default_accounts_are_found if {
	member := "serviceAccount:123-compute@developer.gserviceaccount.com"
	_found("google_project_iam_member", {"role": "roles/viewer", "member": member}) == {{
		"msg": "google_project_iam_member.it gives roles/viewer to a default service account",
		"path": ["spec", "member"],
	}}
	every other in [
		"123-compute@developer.gserviceaccount.com",
		"serviceAccount:example@appspot.gserviceaccount.com",
		"serviceAccount:${data.google_compute_default_service_account.x.email}",
		"serviceAccount:${data.google_app_engine_default_service_account.x.email}",
		"serviceAccount:${data.google_project.x.number}-compute@developer.gserviceaccount.com",
	] {
		count(_found("google_project_iam_binding", {"role": "roles/viewer", "members": [other]})) == 1
	}
}

test_other_accounts_pass if {
	every member in [
		"serviceAccount:ci@example.iam.gserviceaccount.com",
		"serviceAccount:123@cloudbuild.gserviceaccount.com",
		"user:123-compute@developer.gserviceaccount.com",
		"group:a@example.com",
	] {
		_found("google_project_iam_member", {"role": "roles/viewer", "member": member}) == set()
	}
}

good_example := `resource "google_project_iam_member" "web" {
  project = "example"
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:web@example.iam.gserviceaccount.com"
}
`

bad_example := `resource "google_project_iam_member" "web" {
  project = "example"
  role    = "roles/logging.logWriter"
  member  = "serviceAccount:123456789-compute@developer.gserviceaccount.com"
}
`
