package holdfast.security.google_instance_public_ip_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_instance_public_ip

_found(kind, spec) := found if {
	found := google_instance_public_ip.warn with input as attributes_test.judged(kind, spec)
}

test_public_addresses_are_found if {
	_found("google_compute_instance", {"network_interface": [{}, {"access_config": [{}]}]}) == {{
		"msg": "google_compute_instance.it has a public address",
		"path": ["spec", "network_interface", 1, "access_config"],
	}}
	{f.path | some f in _found("google_compute_instance_template", {"network_interface": [{"ipv6_access_config": [{"network_tier": "PREMIUM"}]}]})} == {[
		"spec",
		"network_interface",
		0,
		"ipv6_access_config",
	]}
}

test_private_addresses_pass if {
	_found("google_compute_instance", {"network_interface": [{"subnetwork": "x"}]}) == set()
	_found("google_compute_instance", {"network_interface": [{"access_config": []}]}) == set()
	_found("google_compute_instance", {}) == set()
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

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
    access_config {}
  }
}
`
