package holdfast.security.google_auto_subnets_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_auto_subnets

_found(kind, spec) := found if {
	found := google_auto_subnets.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_compute_network.it has a subnet in every region", "path": path}}

test_the_fault_is_found if {
	_found("google_compute_network", {"auto_create_subnetworks": true}) == _fault(["spec", "auto_create_subnetworks"])
	_found("google_compute_network", {"auto_create_subnetworks": "true"}) == _fault(["spec", "auto_create_subnetworks"])
	_found("google_compute_network", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("google_compute_network", {"auto_create_subnetworks": false}) == set()
	_found("google_compute_network", {"auto_create_subnetworks": "${var.x}"}) == set()
}

good_example := `resource "google_compute_network" "shop" {
  name                    = "shop"
  auto_create_subnetworks = false
}
`

bad_example := `resource "google_compute_network" "shop" {
  name = "shop"
}
`
