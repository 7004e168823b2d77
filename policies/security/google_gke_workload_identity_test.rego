package holdfast.security.google_gke_workload_identity_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_workload_identity

_found(kind, spec) := found if {
	found := google_gke_workload_identity.deny with input as attributes_test.judged(kind, spec)
}

test_no_pool_is_found if {
	_found("google_container_cluster", {"enable_autopilot": false}) == {{
		"msg": "google_container_cluster.it is without Workload Identity",
		"path": ["spec"],
	}}
	count(_found("google_container_cluster", {"workload_identity_config": []})) == 1
}

_pool(config) := _found("google_container_node_pool", {"node_config": [{"workload_metadata_config": [config]}]})

test_exposed_metadata_are_found if {
	every mode in ["GCE_METADATA", "EXPOSE", "UNSPECIFIED", "MODE_UNSPECIFIED"] {
		_pool({"mode": mode}) == {{
			"msg": sprintf("google_container_node_pool.it shows pods the metadata of their node: mode is %s", [mode]),
			"path": ["spec", "node_config", 0, "workload_metadata_config", 0, "mode"],
		}}
	}
	{f.path | some f in _pool({"node_metadata": "EXPOSE"})} == {[
		"spec",
		"node_config",
		0,
		"workload_metadata_config",
		0,
		"node_metadata",
	]}
}

test_workload_identity_passes if {
	_found("google_container_cluster", {"workload_identity_config": [{"workload_pool": "x.svc.id.goog"}]}) == set()
	_found("google_container_cluster", {"workload_identity_config": [{}]}) == set()
	_found("google_container_cluster", {"enable_autopilot": true}) == set()
	_pool({"mode": "GKE_METADATA"}) == set()
	_found("google_container_node_pool", {}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  workload_identity_config {
    workload_pool = "example.svc.id.goog"
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
