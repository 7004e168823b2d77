package holdfast.security.google_gke_legacy_abac_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_legacy_abac

_found(kind, spec) := found if {
	found := google_gke_legacy_abac.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_container_cluster.it goes by legacy authorization", "path": path}}

test_the_fault_is_found if {
	_found("google_container_cluster", {"enable_legacy_abac": true}) == _fault(["spec", "enable_legacy_abac"])
	_found("google_container_cluster", {"enable_legacy_abac": "true"}) == _fault(["spec", "enable_legacy_abac"])
}

test_what_is_well_passes if {
	_found("google_container_cluster", {"enable_legacy_abac": false}) == set()
	_found("google_container_cluster", {"enable_legacy_abac": "${var.x}"}) == set()
	_found("google_container_cluster", {}) == set()
	_found("google_container_cluster", null) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
  enable_legacy_abac = true
}
`
