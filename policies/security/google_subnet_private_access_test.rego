package holdfast.security.google_subnet_private_access_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_subnet_private_access

_found(kind, spec) := found if {
	found := google_subnet_private_access.warn with input as attributes_test.judged(kind, spec)
}

test_off_is_found if {
	_found("google_compute_subnetwork", {"private_ip_google_access": false}) == {{
		"msg": "google_compute_subnetwork.it is without Private Google Access",
		"path": ["spec", "private_ip_google_access"],
	}}
	every purpose in ["PRIVATE", "PRIVATE_RFC_1918"] {
		{f.path | some f in _found("google_compute_subnetwork", {"purpose": purpose})} == {["spec"]}
	}
}

test_on_passes if {
	_found("google_compute_subnetwork", {"private_ip_google_access": true}) == set()
	_found("google_compute_subnetwork", {"private_ip_google_access": "${var.x}"}) == set()
}

test_other_purposes_pass if {
	_found("google_compute_subnetwork", {"purpose": "GLOBAL_MANAGED_PROXY"}) == set()
	_found("google_compute_subnetwork", {"purpose": "PRIVATE_NAT"}) == set()
}

good_example := `resource "google_compute_subnetwork" "web" {
  name          = "web"
  network       = "projects/example/global/networks/shop"
  ip_cidr_range = "10.0.0.0/24"
  region        = "europe-west1"
  private_ip_google_access = true
}
`

bad_example := `resource "google_compute_subnetwork" "web" {
  name          = "web"
  network       = "projects/example/global/networks/shop"
  ip_cidr_range = "10.0.0.0/24"
  region        = "europe-west1"
}
`
