package holdfast.security.google_secure_boot_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_secure_boot

_found(kind, spec) := found if {
	found := google_secure_boot.warn with input as attributes_test.judged(kind, spec)
}

test_off_is_found if {
	_found("google_compute_instance", {"shielded_instance_config": [{"enable_secure_boot": false}]}) == {{
		"msg": "google_compute_instance.it starts without Secure Boot",
		"path": ["spec", "shielded_instance_config", 0, "enable_secure_boot"],
	}}
	{f.path | some f in _found("google_compute_instance", {})} == {["spec"]}
}

test_on_passes if {
	_found("google_compute_instance", {"shielded_instance_config": [{"enable_secure_boot": true}]}) == set()
	_found("google_compute_instance", {"shielded_instance_config": [{"enable_secure_boot": "${var.x}"}]}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  shielded_instance_config {
    enable_secure_boot = true
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
