package holdfast.security.google_gke_basic_auth_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_gke_basic_auth

_found(kind, spec) := found if {
	found := google_gke_basic_auth.deny with input as attributes_test.judged(kind, spec)
}

_auth(auth) := _found("google_container_cluster", {"master_auth": [auth]})

test_passwords_are_found if {
	_auth({"username": "admin", "password": "x"}) == {{
		"msg": "google_container_cluster.it accepts a user name and a password",
		"path": ["spec", "master_auth", 0, "username"],
	}}
	count(_auth({"username": "${var.user}"})) == 1
}

test_client_certificates_are_found if {
	_auth({"client_certificate_config": [{"issue_client_certificate": true}]}) == {{
		"msg": "google_container_cluster.it issues a client certificate",
		"path": ["spec", "master_auth", 0, "client_certificate_config", 0, "issue_client_certificate"],
	}}
}

test_neither_passes if {
	_auth({"username": "", "password": ""}) == set()
	_auth({"username": null}) == set()
	_auth({"client_certificate_config": [{"issue_client_certificate": false}]}) == set()
	_found("google_container_cluster", {}) == set()
}

good_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }
}
`

bad_example := `resource "google_container_cluster" "shop" {
  name               = "shop"
  location           = "europe-west1"
  initial_node_count = 1

  master_auth {
    client_certificate_config {
      issue_client_certificate = true
    }
  }
}
`
