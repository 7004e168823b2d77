package holdfast.security.google_startup_script_secret_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_startup_script_secret

_found(kind, spec) := found if {
	found := google_startup_script_secret.deny with input as attributes_test.judged(kind, spec)
}

test_credentials_are_found if {
	_found("google_compute_instance", {"metadata_startup_script": "export DB_PASSWORD=hunter2"}) == {{
		"msg": "the metadata_startup_script of google_compute_instance.it has a credential of DB_PASSWORD in it",
		"path": ["spec", "metadata_startup_script"],
	}}
	{f.path | some f in _found("google_compute_instance", {"metadata": {"a": "b", "user-data": "API_KEY=0123456789"}})} == {[
		"spec",
		"metadata",
		"user-data",
	]}
}

test_other_scripts_pass if {
	_found("google_compute_instance", {"metadata_startup_script": "#!/bin/sh\necho hello"}) == set()
	_found("google_compute_instance", {"metadata_startup_script": null, "metadata": {"a": true}}) == set()
	_found("google_compute_instance", {}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name                    = "web"
  machine_type            = "e2-small"
  zone                    = "europe-west1-b"
  metadata_startup_script = "export DB_PASSWORD=$(gcloud secrets versions access latest --secret db)"
}
`

bad_example := `resource "google_compute_instance" "web" {
  name                    = "web"
  machine_type            = "e2-small"
  zone                    = "europe-west1-b"
  metadata_startup_script = "export DB_PASSWORD=hunter2"
}
`
