package holdfast.security.google_gke_network_policy_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_network_policy

_found(kind, spec) := found if {
	found := google_gke_network_policy.deny with input as attributes_test.judged(kind, spec)
}

_cluster(spec) := _found("google_container_cluster", spec)

test_no_engine_is_found if {
	_cluster({"network_policy": [{"enabled": false}]}) == {{
		"msg": "google_container_cluster.it enforces no network policies",
		"path": ["spec", "network_policy", 0, "enabled"],
	}}
	{f.path | some f in _cluster({"datapath_provider": "LEGACY_DATAPATH", "enable_autopilot": false})} == {["spec"]}
}

test_an_engine_passes if {
	_cluster({"network_policy": [{"enabled": true}]}) == set()
	_cluster({"datapath_provider": "ADVANCED_DATAPATH"}) == set()
	_cluster({"datapath_provider": "${var.x}"}) == set()
	_cluster({"enable_autopilot": true}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
  datapath_provider  = "ADVANCED_DATAPATH"
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
