package holdfast.security.google_default_network_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_default_network

_found(kind, spec) := found if {
	found := google_default_network.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_project.it comes with the default network and its open rules", "path": path}}

test_the_fault_is_found if {
	_found("google_project", {"auto_create_network": true}) == _fault(["spec", "auto_create_network"])
	_found("google_project", {"auto_create_network": "true"}) == _fault(["spec", "auto_create_network"])
	_found("google_project", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("google_project", {"auto_create_network": false}) == set()
	_found("google_project", {"auto_create_network": "${var.x}"}) == set()
}

good_example := `resource "google_project" "shop" {
  name                = "shop"
  project_id          = "example-shop"
  org_id              = "123456789"
  auto_create_network = false
}
`

bad_example := `resource "google_project" "shop" {
  name       = "shop"
  project_id = "example-shop"
  org_id     = "123456789"
}
`
