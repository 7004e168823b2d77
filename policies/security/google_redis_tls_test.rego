package holdfast.security.google_redis_tls_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_redis_tls

_found(kind, spec) := found if {
	found := google_redis_tls.deny with input as attributes_test.judged(kind, spec)
}

test_no_encryption_is_found if {
	_found("google_redis_instance", {"transit_encryption_mode": "DISABLED"}) == {{
		"msg": "google_redis_instance.it accepts unencrypted connections",
		"path": ["spec", "transit_encryption_mode"],
	}}
	{f.path | some f in _found("google_redis_instance", {})} == {["spec"]}
}

test_encryption_passes if {
	_found("google_redis_instance", {"transit_encryption_mode": "SERVER_AUTHENTICATION"}) == set()
	_found("google_redis_instance", {"transit_encryption_mode": "${var.x}"}) == set()
}

good_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
  transit_encryption_mode = "SERVER_AUTHENTICATION"
}
`

bad_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
}
`
