package holdfast.security.google_tls_floor_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_tls_floor

_found(kind, spec) := found if {
	found := google_tls_floor.deny with input as attributes_test.judged(kind, spec)
}

test_old_versions_are_found if {
	every version in ["TLS_1_0", "TLS_1_1"] {
		_found("google_compute_ssl_policy", {"min_tls_version": version}) == {{
			"msg": sprintf("google_compute_ssl_policy.it accepts connections with an old version of TLS: min_tls_version is %s", [version]),
			"path": ["spec", "min_tls_version"],
		}}
	}
	_found("google_compute_ssl_policy", {}) == {{
		"msg": "google_compute_ssl_policy.it accepts connections with TLS 1.0, as min_tls_version is not set",
		"path": ["spec"],
	}}
}

test_new_versions_pass if {
	every version in ["TLS_1_2", "TLS_1_3", "${var.tls}"] {
		_found("google_compute_ssl_policy", {"min_tls_version": version}) == set()
	}
}

good_example := `resource "google_compute_ssl_policy" "shop" {
  name            = "shop"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}
`

bad_example := `resource "google_compute_ssl_policy" "shop" {
  name    = "shop"
  profile = "MODERN"
}
`
