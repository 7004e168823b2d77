package holdfast.security.google_default_service_account_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_default_service_account

_found(kind, spec) := found if {
	found := google_default_service_account.deny with input as attributes_test.judged(kind, spec)
}

_runs(account) := _found("google_compute_instance", {"service_account": [account]})

test_the_default_account_is_found if {
	_runs({"scopes": ["cloud-platform"]}) == {{
		"msg": "google_compute_instance.it runs as the default service account, with full access to all APIs",
		"path": ["spec", "service_account", 0],
	}}
	_runs({"email": "123-compute@developer.gserviceaccount.com", "scopes": ["storage-ro"]}) == {{
		"msg": "google_compute_instance.it runs as the default service account",
		"path": ["spec", "service_account", 0, "email"],
	}}
	full := "https://www.googleapis.com/auth/cloud-platform"
	count(_runs({"email": 7, "scopes": []})) == 1
	{f.msg | some f in _runs({"email": "${data.google_compute_default_service_account.x.email}", "scopes": [full]})} == {
		"google_compute_instance.it runs as the default service account, with full access to all APIs",
	}
}

test_other_accounts_pass if {
	_runs({"email": "web@example.iam.gserviceaccount.com", "scopes": ["cloud-platform"]}) == set()
	_runs({"email": "${google_service_account.web.email}", "scopes": ["cloud-platform"]}) == set()
	_runs(null) == set()
	_found("google_compute_instance", {}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  service_account {
    email  = "web@example.iam.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`

bad_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  service_account {
    scopes = ["cloud-platform"]
  }

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`
