package holdfast.security.google_workload_identity_condition_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_workload_identity_condition

_found(kind, spec) := found if {
	found := google_workload_identity_condition.deny with input as attributes_test.judged(kind, spec)
}

_provider(issuer, changes) := _found("google_iam_workload_identity_pool_provider", object.union(
	{"oidc": [{"issuer_uri": issuer}]},
	changes,
))

test_no_condition_is_found if {
	_provider("https://token.actions.githubusercontent.com", {}) == {{
		"msg": "google_iam_workload_identity_pool_provider.it accepts the tokens of every customer of its issuer",
		"path": ["spec"],
	}}
	every issuer in ["https://gitlab.com", "https://app.terraform.io", "https://agent.buildkite.com", "https://oidc.circleci.com/org/1"] {
		count(_provider(issuer, {"attribute_condition": " "})) == 1
	}
	count(_provider("https://gitlab.com", {"attribute_condition": null})) == 1
}

test_a_condition_passes if {
	_provider("https://gitlab.com", {"attribute_condition": `assertion.namespace_id == "1"`}) == set()
	_provider("https://gitlab.com", {"attribute_condition": "${var.x}"}) == set()
}

test_an_issuer_of_ones_own_passes if {
	_provider("https://login.example.com", {}) == set()
	_provider(null, {}) == set()
	_found("google_iam_workload_identity_pool_provider", {"aws": [{"account_id": "1"}]}) == set()
}

good_example := `resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository_owner == 'example'"

  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
`

bad_example := `resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = "ci"
  workload_identity_pool_provider_id = "github"

  attribute_mapping = {
    "google.subject" = "assertion.sub"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
`
