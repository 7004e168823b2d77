package holdfast.security.google_managed_public_ip_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_managed_public_ip

_found(kind, spec) := found if {
	found := google_managed_public_ip.warn with input as attributes_test.judged(kind, spec)
}

_attributes := {
	"google_dataproc_cluster": "cluster_config.gce_cluster_config.internal_ip_only",
	"google_dataflow_job": "ip_configuration",
	"google_composer_environment": "config.private_environment_config",
	"google_data_fusion_instance": "private_instance",
	"google_notebooks_instance": "no_public_ip",
	"google_cloudbuild_worker_pool": "worker_config.no_external_ip",
}

test_public_addresses_are_found if {
	every kind, attribute in _attributes {
		_found(kind, {}) == {{
			"msg": sprintf("%s.it has machines with public addresses, as far as %s says", [kind, attribute]),
			"path": ["spec"],
		}}
	}
	count(_found("google_dataflow_job", {"ip_configuration": "WORKER_IP_PUBLIC"})) == 1
	count(_found("google_notebooks_instance", {"no_public_ip": false})) == 1
}

test_private_addresses_pass if {
	_found("google_dataproc_cluster", {"cluster_config": [{"gce_cluster_config": [{"internal_ip_only": true}]}]}) == set()
	_found("google_dataproc_cluster", {"virtual_cluster_config": [{}]}) == set()
	_found("google_dataflow_job", {"ip_configuration": "WORKER_IP_PRIVATE"}) == set()
	_found("google_composer_environment", {"config": [{"private_environment_config": [{}]}]}) == set()
	_found("google_composer_environment", {"config": [{"enable_private_environment": true}]}) == set()
	_found("google_data_fusion_instance", {"private_instance": true}) == set()
	_found("google_notebooks_instance", {"no_public_ip": true}) == set()
	_found("google_cloudbuild_worker_pool", {"worker_config": [{"no_external_ip": true}]}) == set()
	_found("google_compute_network", {}) == set()
}

good_example := `resource "google_notebooks_instance" "lab" {
  name         = "lab"
  location     = "europe-west1-b"
  machine_type = "e2-medium"
  no_public_ip = true
}
`

bad_example := `resource "google_notebooks_instance" "lab" {
  name         = "lab"
  location     = "europe-west1-b"
  machine_type = "e2-medium"
}
`
