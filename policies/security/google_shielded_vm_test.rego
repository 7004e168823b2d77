package holdfast.security.google_shielded_vm_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_shielded_vm

_found(kind, spec) := found if {
	found := google_shielded_vm.deny with input as attributes_test.judged(kind, spec)
}

test_off_is_found if {
	every attribute in ["enable_vtpm", "enable_integrity_monitoring"] {
		_found("google_compute_instance", {"shielded_instance_config": [{attribute: false}]}) == {{
			"msg": sprintf("google_compute_instance.it switches %s off", [attribute]),
			"path": ["spec", "shielded_instance_config", 0, attribute],
		}}
		{f.path | some f in _found("google_container_node_pool", {"node_config": [{"shielded_instance_config": [{attribute: false}]}]})} == {[
			"spec",
			"node_config",
			0,
			"shielded_instance_config",
			0,
			attribute,
		]}
	}
}

test_on_passes if {
	_found("google_compute_instance", {}) == set()
	_found("google_compute_instance", {"shielded_instance_config": [{"enable_secure_boot": false}]}) == set()
	_found("google_compute_instance", {"shielded_instance_config": [{"enable_vtpm": true}]}) == set()
}

good_example := `resource "google_compute_instance" "web" {
  name         = "web"
  machine_type = "e2-small"
  zone         = "europe-west1-b"

  shielded_instance_config {
    enable_vtpm                 = true
    enable_integrity_monitoring = true
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

  shielded_instance_config {
    enable_vtpm                 = false
    enable_integrity_monitoring = false
  }

  network_interface {
    subnetwork = "projects/example/regions/europe-west1/subnetworks/web"
  }
}
`
