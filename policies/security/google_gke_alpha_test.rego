package holdfast.security.google_gke_alpha_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_alpha

_found(kind, spec) := found if {
	found := google_gke_alpha.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_container_cluster.it has alpha features and is deleted after 30 days", "path": path}}

test_the_fault_is_found if {
	_found("google_container_cluster", {"enable_kubernetes_alpha": true}) == _fault(["spec", "enable_kubernetes_alpha"])
	_found("google_container_cluster", {"enable_kubernetes_alpha": "true"}) == _fault(["spec", "enable_kubernetes_alpha"])
}

test_what_is_well_passes if {
	_found("google_container_cluster", {"enable_kubernetes_alpha": false}) == set()
	_found("google_container_cluster", {"enable_kubernetes_alpha": "${var.x}"}) == set()
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
  enable_kubernetes_alpha = true
}
`
