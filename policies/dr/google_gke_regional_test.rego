package holdfast.dr.google_gke_regional_test

import data.holdfast.dr.google_gke_regional
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_gke_regional.warn with input as attributes_test.judged(kind, spec)
}

test_a_zone_is_found if {
	_found("google_container_cluster", {"location": "europe-west1-b"}) == {{
		"msg": "google_container_cluster.it has its API in zone europe-west1-b alone",
		"path": ["spec", "location"],
	}}
	{f.path | some f in _found("google_container_cluster", {"zone": "us-central1-a"})} == {["spec", "zone"]}
}

test_a_region_passes if {
	_found("google_container_cluster", {"location": "europe-west1"}) == set()
	_found("google_container_cluster", {"location": "${var.location}"}) == set()
	_found("google_container_cluster", {"location": null}) == set()
	_found("google_container_cluster", {}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name     = "shop"
  location = "europe-west1"
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name     = "shop"
  location = "europe-west1-b"
}
`
