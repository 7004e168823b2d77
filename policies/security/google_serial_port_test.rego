package holdfast.security.google_serial_port_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_serial_port

_found(kind, spec) := found if {
	found := google_serial_port.deny with input as attributes_test.judged(kind, spec)
}

test_an_open_console_is_found if {
	_found("google_compute_instance", {"metadata": {"serial-port-enable": "TRUE"}}) == {{
		"msg": "google_compute_instance.it opens the serial console to the Internet",
		"path": ["spec", "metadata", "serial-port-enable"],
	}}
	_found("google_compute_project_metadata_item", {"key": "serial-port-enable", "value": "1"}) == {{
		"msg": "google_compute_project_metadata_item.it opens the serial console to the Internet",
		"path": ["spec", "value"],
	}}
}

test_a_closed_console_passes if {
	_found("google_compute_instance", {"metadata": {"serial-port-enable": "false"}}) == set()
	_found("google_compute_instance", {"metadata": {}}) == set()
	_found("google_compute_instance", {"metadata": null}) == set()
	_found("google_compute_project_metadata_item", {"key": "serial-port-enable", "value": "0"}) == set()
	_found("google_compute_project_metadata_item", {"key": "enable-oslogin", "value": "TRUE"}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  metadata = {
    serial-port-enable = "FALSE"
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

  metadata = {
    serial-port-enable = "TRUE"
  }

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`
