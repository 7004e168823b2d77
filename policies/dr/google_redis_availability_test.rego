package holdfast.dr.google_redis_availability_test

import data.holdfast.dr.google_redis_availability
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_redis_availability.warn with input as attributes_test.judged(kind, spec)
}

test_basic_is_found if {
	_found("google_redis_instance", {"tier": "BASIC"}) == {{
		"msg": "google_redis_instance.it has no standby: its tier is BASIC",
		"path": ["spec", "tier"],
	}}
	{f.path | some f in _found("google_redis_instance", {})} == {["spec"]}
}

test_a_standby_passes if {
	_found("google_redis_instance", {"tier": "STANDARD_HA"}) == set()
	_found("google_redis_instance", {"tier": "${var.x}"}) == set()
}

good_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
  tier           = "STANDARD_HA"
}
`

bad_example := `resource "google_redis_instance" "sessions" {
  name           = "sessions"
  memory_size_gb = 1
}
`
