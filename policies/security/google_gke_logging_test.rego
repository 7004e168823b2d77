package holdfast.security.google_gke_logging_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_logging

_found(kind, spec) := found if {
	found := google_gke_logging.deny with input as attributes_test.judged(kind, spec)
}

_off(path, what) := {{"msg": sprintf("google_container_cluster.it sends its %s nowhere", [what]), "path": path}}

_cluster(spec) := _found("google_container_cluster", spec)

test_none_is_found if {
	_cluster({"logging_service": "none"}) == _off(["spec", "logging_service"], "logs")
	_cluster({"monitoring_service": "none"}) == _off(["spec", "monitoring_service"], "metrics")
	_cluster({"logging_config": [{"enable_components": []}]}) == _off(["spec", "logging_config", 0, "enable_components"], "logs")
	_cluster({"monitoring_config": [{"enable_components": []}]}) == _off(
		["spec", "monitoring_config", 0, "enable_components"],
		"metrics",
	)
}

test_services_pass if {
	_cluster({}) == set()
	_cluster({"logging_service": "logging.googleapis.com/kubernetes", "monitoring_service": "monitoring.googleapis.com/kubernetes"}) == set()
	_cluster({"logging_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}]}) == set()
	_cluster({"monitoring_config": [{"enable_components": ["SYSTEM_COMPONENTS"]}]}) == set()
	_cluster({"monitoring_config": [{}], "logging_config": null}) == set()
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
  logging_service    = "none"
}
`
