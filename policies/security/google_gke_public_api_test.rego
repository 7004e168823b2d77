package holdfast.security.google_gke_public_api_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_public_api

_found(kind, spec) := found if {
	found := google_gke_public_api.deny with input as attributes_test.judged(kind, spec)
}

_cluster(spec) := _found("google_container_cluster", spec)

test_open_apis_are_found if {
	_cluster({"private_cluster_config": [{"enable_private_endpoint": false}]}) == {{
		"msg": "google_container_cluster.it has its API on the Internet for everyone",
		"path": ["spec"],
	}}
	blocks := [{"cidr_block": "10.0.0.0/8"}, {"cidr_block": "0.0.0.0/0"}]
	_cluster({"master_authorized_networks_config": [{"cidr_blocks": blocks}]}) == {{
		"msg": "google_container_cluster.it has its API on the Internet for everyone: 0.0.0.0/0 is authorized",
		"path": ["spec", "master_authorized_networks_config", 0, "cidr_blocks", 1, "cidr_block"],
	}}
	count(_cluster({"master_authorized_networks_config": []})) == 1
}

test_closed_apis_pass if {
	_cluster({"master_authorized_networks_config": [{}]}) == set()
	_cluster({"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "198.51.100.0/24"}]}]}) == set()
	_cluster({"private_cluster_config": [{"enable_private_endpoint": true}]}) == set()
	_cluster({
		"private_cluster_config": [{"enable_private_endpoint": true}],
		"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "0.0.0.0/0"}]}],
	}) == set()
	_cluster({"control_plane_endpoints_config": [{"ip_endpoints_config": [{"enabled": false}]}]}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  master_authorized_networks_config {
    cidr_blocks {
      cidr_block = "198.51.100.0/24"
    }
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
