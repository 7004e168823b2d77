package holdfast.security.google_literal_secret_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_literal_secret

_found(kind, spec) := found if {
	found := google_literal_secret.deny with input as attributes_test.judged(kind, spec)
}

test_literal_secrets_are_found if {
	_found("google_sql_user", {"password": "hunter2"}) == {{
		"msg": "google_sql_user.it has its password in the configuration",
		"path": ["spec", "password"],
	}}
	every name in ["root_password", "secret_data", "shared_secret"] {
		{f.path | some f in _found("google_sql_database_instance", {name: "hunter2"})} == {["spec", name]}
	}
	every block, name in {
		"initial_user": "password",
		"master_auth": "password",
		"disk_encryption_key": "raw_key",
		"boot_disk": "disk_encryption_key_raw",
		"attached_disk": "disk_encryption_key_raw",
	} {
		{f.path | some f in _found("google_compute_instance", {block: [{}, {name: "hunter2"}]})} == {["spec", block, 1, name]}
	}
}

test_other_values_pass if {
	_found("google_sql_user", {"password": "${random_password.x.result}"}) == set()
	_found("google_sql_user", {"password": ""}) == set()
	_found("google_sql_user", {"password": null, "name": "hunter2"}) == set()
	_found("google_compute_instance", {"boot_disk": [{"disk_encryption_key_raw": "${var.x}"}]}) == set()
	_found("google_sql_user", {}) == set()
}

good_example := `resource "google_sql_user" "shop" {
  name     = "shop"
  instance = "shop"
  password = random_password.shop.result
}

resource "random_password" "shop" {
  length = 32
}
`

bad_example := `resource "google_sql_user" "shop" {
  name     = "shop"
  instance = "shop"
  password = "correct horse battery staple"
}
`
