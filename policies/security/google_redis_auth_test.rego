package holdfast.security.google_redis_auth_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_redis_auth

_found(kind, spec) := found if {
	found := google_redis_auth.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "google_redis_instance.it lets in everyone in its network without a password", "path": path}}

test_the_fault_is_found if {
	_found("google_redis_instance", {"auth_enabled": false}) == _fault(["spec", "auth_enabled"])
	_found("google_redis_instance", {"auth_enabled": "false"}) == _fault(["spec", "auth_enabled"])
	_found("google_redis_instance", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("google_redis_instance", {"auth_enabled": true}) == set()
	_found("google_redis_instance", {"auth_enabled": "${var.x}"}) == set()
}

good_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
  auth_enabled   = true
}
`

bad_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
}
`
