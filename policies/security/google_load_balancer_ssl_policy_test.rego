package holdfast.security.google_load_balancer_ssl_policy_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_load_balancer_ssl_policy

_found(kind, spec) := found if {
	found := google_load_balancer_ssl_policy.warn with input as attributes_test.judged(kind, spec)
}

test_no_policy_is_found if {
	_found("google_compute_target_https_proxy", {}) == {{
		"msg": "google_compute_target_https_proxy.it has no SSL policy, and so accepts TLS 1.0",
		"path": ["spec"],
	}}
	count(_found("google_compute_target_https_proxy", {"ssl_policy": ""})) == 1
}

test_a_policy_passes if {
	_found("google_compute_target_https_proxy", {"ssl_policy": "${google_compute_ssl_policy.x.id}"}) == set()
	_found("google_compute_target_https_proxy", {"ssl_policy": "x"}) == set()
}

good_example := `resource "google_compute_target_https_proxy" "shop" {
  name             = "shop"
  url_map          = "projects/example/global/urlMaps/shop"
  ssl_certificates = ["projects/example/global/sslCertificates/shop"]
  ssl_policy       = "projects/example/global/sslPolicies/shop"
}
`

bad_example := `resource "google_compute_target_https_proxy" "shop" {
  name             = "shop"
  url_map          = "projects/example/global/urlMaps/shop"
  ssl_certificates = ["projects/example/global/sslCertificates/shop"]
}
`
