package holdfast.security.google_gke_binary_authorization_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_binary_authorization

_found(kind, spec) := found if {
	found := google_gke_binary_authorization.warn with input as attributes_test.judged(kind, spec)
}

_cluster(spec) := _found("google_container_cluster", spec)

test_no_enforcement_is_found if {
	_cluster({"binary_authorization": [{"evaluation_mode": "DISABLED"}]}) == {{
		"msg": "google_container_cluster.it is without Binary Authorization",
		"path": ["spec", "binary_authorization", 0, "evaluation_mode"],
	}}
	{f.path | some f in _cluster({"enable_binary_authorization": false})} == {["spec"]}
	{f.path | some f in _cluster({"binary_authorization": [{"enabled": false}]})} == {["spec"]}
}

test_enforcement_passes if {
	_cluster({"binary_authorization": [{"evaluation_mode": "PROJECT_SINGLETON_POLICY_ENFORCE"}]}) == set()
	_cluster({"binary_authorization": [{"enabled": true}]}) == set()
	_cluster({"enable_binary_authorization": true}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  binary_authorization {
    evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
