package holdfast.security.google_iam_personal_account_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_iam_personal_account

_found(kind, spec) := found if {
	found := google_iam_personal_account.deny with input as attributes_test.judged(kind, spec)
}

test_personal_accounts_are_found if {
	_found("google_project_iam_member", {"role": "roles/viewer", "member": "user:a@gmail.com"}) == {{
		"msg": "google_project_iam_member.it gives roles/viewer to the personal account user:a@gmail.com",
		"path": ["spec", "member"],
	}}
	every domain in ["GoogleMail", "yahoo", "hotmail", "outlook", "live", "icloud"] {
		members := [sprintf("group:A@%s.com", [domain])]
		count(_found("google_project_iam_binding", {"role": "roles/viewer", "members": members})) == 1
	}
}

test_other_accounts_pass if {
	every member in ["user:a@example.com", "user:gmail.com@example.com", "serviceAccount:x@gmail.com", "user:a@notgmail.com"] {
		_found("google_project_iam_member", {"role": "roles/viewer", "member": member}) == set()
	}
}

good_example := `resource "google_project_iam_member" "ops" {
  project = "example"
  role    = "roles/viewer"
  member  = "group:ops@example.com"
}
`

bad_example := `resource "google_project_iam_member" "ops" {
  project = "example"
  role    = "roles/viewer"
  member  = "user:someone@gmail.com"
}
`
