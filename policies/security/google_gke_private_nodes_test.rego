package holdfast.security.google_gke_private_nodes_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_private_nodes

_found(kind, spec) := found if {
	found := google_gke_private_nodes.deny with input as attributes_test.judged(kind, spec)
}

test_public_nodes_are_found if {
	_found("google_container_cluster", {"private_cluster_config": [{"enable_private_nodes": false}]}) == {{
		"msg": "google_container_cluster.it gives its nodes public addresses",
		"path": ["spec", "private_cluster_config", 0, "enable_private_nodes"],
	}}
	{f.path | some f in _found("google_container_cluster", {})} == {["spec"]}
}

test_private_nodes_pass if {
	_found("google_container_cluster", {"private_cluster_config": [{"enable_private_nodes": true}]}) == set()
	_found("google_container_cluster", {"private_cluster_config": [{"enable_private_nodes": "${var.x}"}]}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  private_cluster_config {
    enable_private_nodes = true
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
