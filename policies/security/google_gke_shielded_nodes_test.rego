package holdfast.security.google_gke_shielded_nodes_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_shielded_nodes

_found(kind, spec) := found if {
	found := google_gke_shielded_nodes.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_container_cluster.it has nodes that do not prove who they are", "path": path}}

test_the_fault_is_found if {
	_found("google_container_cluster", {"enable_shielded_nodes": false}) == _fault(["spec", "enable_shielded_nodes"])
	_found("google_container_cluster", {"enable_shielded_nodes": "false"}) == _fault(["spec", "enable_shielded_nodes"])
}

test_what_is_well_passes if {
	_found("google_container_cluster", {"enable_shielded_nodes": true}) == set()
	_found("google_container_cluster", {"enable_shielded_nodes": "${var.x}"}) == set()
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
  enable_shielded_nodes = false
}
`
