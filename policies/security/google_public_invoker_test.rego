package holdfast.security.google_public_invoker_test

import data.holdfast.lib.attributes_test
import data.holdfast.lib.grants_test
import data.holdfast.security.google_public_invoker

_found(kind, spec) := found if {
	found := google_public_invoker.warn with input as attributes_test.judged(kind, spec)
}

test_grants_to_everyone_are_found if {
	_found("google_cloud_run_service_iam_member", {"role": "roles/run.invoker", "member": "allUsers"}) == {{
		"msg": "google_cloud_run_service_iam_member.it gives roles/run.invoker to allUsers",
		"path": ["spec", "member"],
	}}
	given := grants_test.policy("google_cloud_run_service_iam_policy", {"role": "roles/run.invoker", "members": ["allUsers"]})
	found := google_public_invoker.warn with input as given.input with data.holdfast.resources as given.resources
	found == {{
		"msg": "google_cloud_run_service_iam_policy.it gives roles/run.invoker to allUsers",
		"path": ["spec", "policy_data"],
	}}
}

test_named_accounts_pass if {
	_found("google_cloud_run_service_iam_member", {"role": "roles/run.invoker", "member": "group:a@example.com"}) == set()
	_found("google_cloud_run_service_iam_member", {}) == set()
}

good_example := `resource "google_cloud_run_v2_service_iam_member" "shop" {
  name   = "shop"
  role   = "roles/run.invoker"
  member = "serviceAccount:gateway@example.iam.gserviceaccount.com"
}
`

bad_example := `resource "google_cloud_run_v2_service_iam_member" "shop" {
  name   = "shop"
  role   = "roles/run.invoker"
  member = "allUsers"
}
`
