package holdfast.security.google_audit_exemption_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_audit_exemption

_found(kind, spec) := found if {
	found := google_audit_exemption.deny with input as attributes_test.judged(kind, spec)
}

_config(config) := _found("google_project_iam_audit_config", {"service": "allServices", "audit_log_config": [config]})

test_exemptions_are_found if {
	_config({"log_type": "DATA_READ", "exempted_members": ["user:a@example.com", "user:b@example.com"]}) == {{
		"msg": "google_project_iam_audit_config.it logs nothing of what user:a@example.com, user:b@example.com does",
		"path": ["spec", "audit_log_config", 0, "exempted_members"],
	}}
	count(_config({"exempted_members": ["user:a@example.com", 1]})) == 1
}

test_no_exemptions_pass if {
	_config({"log_type": "DATA_READ"}) == set()
	_config({"exempted_members": []}) == set()
	_config({"exempted_members": [1]}) == set()
	_found("google_project_iam_audit_config", {}) == set()
}

good_example := `resource "google_project_iam_audit_config" "all" {
  project = "example"
  service = "allServices"

  audit_log_config {
    log_type = "DATA_READ"
  }
}
`

bad_example := `resource "google_project_iam_audit_config" "all" {
  project = "example"
  service = "allServices"

  audit_log_config {
    log_type         = "DATA_READ"
    exempted_members = ["user:someone@example.com"]
  }
}
`
