package holdfast.security.google_iam_impersonation_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_iam_impersonation

_found(kind, spec) := found if {
	found := google_iam_impersonation.deny with input as attributes_test.judged(kind, spec)
}

test_impersonation_is_found if {
	_found("google_project_iam_member", {"role": "roles/iam.serviceAccountUser", "member": "group:a@example.com"}) == {{
		"msg": "google_project_iam_member.it lets its members act as every service account: roles/iam.serviceAccountUser",
		"path": ["spec", "role"],
	}}
	every role in [
		"roles/iam.serviceAccountTokenCreator",
		"roles/iam.serviceAccountKeyAdmin",
		"roles/iam.workloadIdentityUser",
	] {
		count(_found("google_organization_iam_binding", {"role": role, "members": ["user:a@example.com"]})) == 1
	}
}

test_other_roles_pass if {
	_found("google_project_iam_member", {"role": "roles/iam.serviceAccountViewer", "member": "group:a@example.com"}) == set()
	_found("google_project_iam_member", {"role": null, "member": "group:a@example.com"}) == set()
}

good_example := `resource "google_service_account_iam_member" "ops" {
  service_account_id = "projects/example/serviceAccounts/shop@example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  member             = "group:ops@example.com"
}
`

bad_example := `resource "google_project_iam_member" "ops" {
  project = "example"
  role    = "roles/iam.serviceAccountUser"
  member  = "group:ops@example.com"
}
`
