package holdfast.security.google_gke_node_management_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_node_management

_found(kind, spec) := found if {
	found := google_gke_node_management.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_container_node_pool.it has nodes that are not kept up by themselves", "path": path}}

test_the_fault_is_found if {
	_found("google_container_node_pool", {"management": [{"auto_upgrade": false}]}) == _fault(["spec", "management", 0, "auto_upgrade"])
	_found("google_container_node_pool", {"management": [{"auto_upgrade": "false"}]}) == _fault(["spec", "management", 0, "auto_upgrade"])
	_found("google_container_node_pool", {"management": [{"auto_repair": false}]}) == _fault(["spec", "management", 0, "auto_repair"])
	_found("google_container_node_pool", {"management": [{"auto_repair": "false"}]}) == _fault(["spec", "management", 0, "auto_repair"])
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_upgrade": false}]}]}]}) == _fault(["spec", "cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_upgrade"])
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_upgrade": "false"}]}]}]}) == _fault(["spec", "cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_upgrade"])
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_repair": false}]}]}]}) == _fault(["spec", "cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_repair"])
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_repair": "false"}]}]}]}) == _fault(["spec", "cluster_autoscaling", 0, "auto_provisioning_defaults", 0, "management", 0, "auto_repair"])
}

test_what_is_well_passes if {
	_found("google_container_node_pool", {"management": [{"auto_upgrade": true}]}) == set()
	_found("google_container_node_pool", {"management": [{"auto_upgrade": "${var.x}"}]}) == set()
	_found("google_container_node_pool", {"management": [{"auto_repair": true}]}) == set()
	_found("google_container_node_pool", {"management": [{"auto_repair": "${var.x}"}]}) == set()
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_upgrade": true}]}]}]}) == set()
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_upgrade": "${var.x}"}]}]}]}) == set()
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_repair": true}]}]}]}) == set()
	_found("google_container_node_pool", {"cluster_autoscaling": [{"auto_provisioning_defaults": [{"management": [{"auto_repair": "${var.x}"}]}]}]}) == set()
	_found("google_container_node_pool", {}) == set()
	_found("google_container_node_pool", null) == set()
}

good_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  management {
    auto_repair  = true
    auto_upgrade = true
  }
}
`

bad_example := `resource "google_container_node_pool" "web" {
  cluster    = "projects/example/locations/europe-west1/clusters/shop"
  node_count = 3

  management {
    auto_repair  = true
    auto_upgrade = false
  }
}
`
