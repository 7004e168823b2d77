package holdfast.security.google_ip_forwarding_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_ip_forwarding

_found(kind, spec) := found if {
	found := google_ip_forwarding.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_compute_instance.it forwards packets that are not its own", "path": path}}

test_the_fault_is_found if {
	_found("google_compute_instance", {"can_ip_forward": true}) == _fault(["spec", "can_ip_forward"])
	_found("google_compute_instance", {"can_ip_forward": "true"}) == _fault(["spec", "can_ip_forward"])
}

test_what_is_well_passes if {
	_found("google_compute_instance", {"can_ip_forward": false}) == set()
	_found("google_compute_instance", {"can_ip_forward": "${var.x}"}) == set()
	_found("google_compute_instance", {}) == set()
	_found("google_compute_instance", null) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`

bad_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"
  can_ip_forward = true

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`
