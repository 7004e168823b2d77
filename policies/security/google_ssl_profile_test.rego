package holdfast.security.google_ssl_profile_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_ssl_profile

_found(kind, spec) := found if {
	found := google_ssl_profile.warn with input as attributes_test.judged(kind, spec)
}

test_the_compatible_profile_is_found if {
	_found("google_compute_ssl_policy", {"profile": "COMPATIBLE"}) == {{
		"msg": "google_compute_ssl_policy.it offers weak ciphers: its profile is COMPATIBLE",
		"path": ["spec", "profile"],
	}}
	{f.path | some f in _found("google_compute_ssl_policy", {})} == {["spec"]}
}

test_other_profiles_pass if {
	every profile in ["MODERN", "RESTRICTED", "CUSTOM", "${var.x}"] {
		_found("google_compute_ssl_policy", {"profile": profile}) == set()
	}
}

good_example := `resource "google_compute_ssl_policy" "shop" {
  name            = "shop"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}
`

bad_example := `resource "google_compute_ssl_policy" "shop" {
  name            = "shop"
  profile         = "COMPATIBLE"
  min_tls_version = "TLS_1_2"
}
`
