package holdfast.security.google_subnet_flow_logs_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_subnet_flow_logs

_found(kind, spec) := found if {
	found := google_subnet_flow_logs.warn with input as attributes_test.judged(kind, spec)
}

test_no_logs_are_found if {
	_found("google_compute_subnetwork", {}) == {{
		"msg": "google_compute_subnetwork.it keeps no flow logs",
		"path": ["spec"],
	}}
	every purpose in ["PRIVATE", "PRIVATE_RFC_1918"] {
		count(_found("google_compute_subnetwork", {"purpose": purpose, "log_config": [], "enable_flow_logs": false})) == 1
	}
}

test_logs_pass if {
	_found("google_compute_subnetwork", {"log_config": [{}]}) == set()
	_found("google_compute_subnetwork", {"enable_flow_logs": true}) == set()
}

test_other_purposes_pass if {
	every purpose in ["REGIONAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "${var.x}"] {
		_found("google_compute_subnetwork", {"purpose": purpose}) == set()
	}
}

good_example := `resource "google_compute_subnetwork" "web" {
  name          = "web"
  network       = "projects/example/global/networks/shop"
  ip_cidr_range = "10.0.0.0/24"
  region        = "europe-west1"

  log_config {
    aggregation_interval = "INTERVAL_5_SEC"
  }
}
`

bad_example := `resource "google_compute_subnetwork" "web" {
  name          = "web"
  network       = "projects/example/global/networks/shop"
  ip_cidr_range = "10.0.0.0/24"
  region        = "europe-west1"
}
`
