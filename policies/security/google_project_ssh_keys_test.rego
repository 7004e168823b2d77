package holdfast.security.google_project_ssh_keys_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_project_ssh_keys

_found(kind, spec) := found if {
	found := google_project_ssh_keys.warn with input as attributes_test.judged(kind, spec)
}

test_project_keys_are_found if {
	_found("google_compute_instance", {"metadata": {"block-project-ssh-keys": "false"}}) == {{
		"msg": "google_compute_instance.it accepts the SSH keys of the project",
		"path": ["spec", "metadata"],
	}}
	{f.path | some f in _found("google_compute_instance", {})} == {["spec"]}
}

test_blocked_keys_pass if {
	_found("google_compute_instance", {"metadata": {"block-project-ssh-keys": true}}) == set()
	_found("google_compute_instance", {"metadata": {"enable-oslogin": "TRUE"}}) == set()
	_found("google_compute_instance", {"metadata": "${var.metadata}"}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  metadata = {
    block-project-ssh-keys = true
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

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`
