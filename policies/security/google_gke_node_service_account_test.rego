package holdfast.security.google_gke_node_service_account_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_node_service_account

_found(kind, spec) := found if {
	found := google_gke_node_service_account.deny with input as attributes_test.judged(kind, spec)
}

_fault(kind, path) := {{"msg": sprintf("%s.it has nodes that run as the default service account", [kind]), "path": path}}

test_the_default_account_is_found if {
	_found("google_container_node_pool", {"node_config": [{"service_account": "default"}]}) == _fault(
		"google_container_node_pool",
		["spec", "node_config", 0, "service_account"],
	)
	_found("google_container_node_pool", {"node_config": [{"service_account": ""}]}) == _fault(
		"google_container_node_pool",
		["spec", "node_config", 0, "service_account"],
	)
	_found("google_container_node_pool", {}) == _fault("google_container_node_pool", ["spec"])
	_found("google_container_cluster", {"remove_default_node_pool": false, "enable_autopilot": false}) == _fault(
		"google_container_cluster",
		["spec"],
	)
}

test_other_accounts_pass if {
	_found("google_container_node_pool", {"node_config": [{"service_account": "${google_service_account.x.email}"}]}) == set()
	_found("google_container_cluster", {"node_config": [{"service_account": "x@example.iam.gserviceaccount.com"}]}) == set()
}

test_clusters_without_nodes_of_their_own_pass if {
	_found("google_container_cluster", {"remove_default_node_pool": true}) == set()
	_found("google_container_cluster", {"node_pool": [{}]}) == set()
	_found("google_container_cluster", {"enable_autopilot": true}) == set()
}

good_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  node_config {
    service_account = "nodes@example.iam.gserviceaccount.com"
  }
}
`

bad_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  node_config {
    machine_type = "e2-standard-4"
  }
}
`
