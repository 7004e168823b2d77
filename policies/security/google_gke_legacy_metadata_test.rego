package holdfast.security.google_gke_legacy_metadata_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_legacy_metadata

_found(kind, spec) := found if {
	found := google_gke_legacy_metadata.deny with input as attributes_test.judged(kind, spec)
}

_node(metadata) := _found("google_container_node_pool", {"node_config": [{"metadata": metadata}]})

test_legacy_endpoints_are_found if {
	_node({"disable-legacy-endpoints": "false"}) == {{
		"msg": "google_container_node_pool.it keeps the legacy metadata server",
		"path": ["spec", "node_config", 0, "metadata", "disable-legacy-endpoints"],
	}}
	count(_node({"disable-legacy-endpoints": false})) == 1
}

test_others_pass if {
	_node({"disable-legacy-endpoints": "true"}) == set()
	_node({}) == set()
	_node(null) == set()
	_found("google_container_cluster", {}) == set()
}

good_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  node_config {
    metadata = {
      disable-legacy-endpoints = "true"
    }
  }
}
`

bad_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  node_config {
    metadata = {
      disable-legacy-endpoints = "false"
    }
  }
}
`
