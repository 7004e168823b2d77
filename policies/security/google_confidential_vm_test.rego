package holdfast.security.google_confidential_vm_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_confidential_vm

_found(kind, spec) := found if {
	found := google_confidential_vm.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_compute_instance.it is not a Confidential VM", "path": path}}

test_the_fault_is_found if {
	_found("google_compute_instance", {"confidential_instance_config": [{"enable_confidential_compute": false}]}) == _fault(["spec", "confidential_instance_config", 0, "enable_confidential_compute"])
	_found("google_compute_instance", {"confidential_instance_config": [{"enable_confidential_compute": "false"}]}) == _fault(["spec", "confidential_instance_config", 0, "enable_confidential_compute"])
	_found("google_compute_instance", {}) == _fault(["spec"])
	_found("google_compute_instance", {"confidential_instance_config": [{}]}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("google_compute_instance", {"confidential_instance_config": [{"enable_confidential_compute": true}]}) == set()
	_found("google_compute_instance", {"confidential_instance_config": [{"enable_confidential_compute": "${var.x}"}]}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  confidential_instance_config {
    enable_confidential_compute = true
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
