package holdfast.security.google_gke_secrets_encryption_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_secrets_encryption

_found(kind, spec) := found if {
	found := google_gke_secrets_encryption.warn with input as attributes_test.judged(kind, spec)
}

test_no_key_is_found if {
	_found("google_container_cluster", {"database_encryption": [{"state": "DECRYPTED"}]}) == {{
		"msg": "google_container_cluster.it does not encrypt its Secrets with a key of its owner",
		"path": ["spec", "database_encryption", 0, "state"],
	}}
	{f.path | some f in _found("google_container_cluster", {})} == {["spec"]}
}

test_a_key_passes if {
	_found("google_container_cluster", {"database_encryption": [{"state": "ENCRYPTED", "key_name": "x"}]}) == set()
	_found("google_container_cluster", {"database_encryption": [{"state": "ALL_OBJECTS_ENCRYPTION_ENABLED"}]}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  database_encryption {
    state    = "ENCRYPTED"
    key_name = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/gke"
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1
}
`
