package holdfast.security.google_load_balancer_http_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_load_balancer_http

_found(kind, spec) := found if {
	found := google_load_balancer_http.warn with input as attributes_test.judged(kind, spec)
}

_warn(kind, spec, address) := found if {
	proxy := attributes_test.points(
		attributes_test.made("google_compute_target_http_proxy", {"url_map": sprintf("${%s.id}", [address])}),
		"url_map",
		[address],
	)
	found := google_load_balancer_http.warn with input as attributes_test.of(proxy)
		with data.holdfast.resources as attributes_test.stored({proxy, attributes_test.made(kind, spec)})
}

test_plain_http_is_found if {
	_warn("google_compute_url_map", {"default_service": "x"}, "google_compute_url_map.it") == {{
		"msg": "google_compute_target_http_proxy.it serves plain HTTP: google_compute_url_map.it does not redirect to HTTPS",
		"path": ["spec", "url_map"],
	}}
	count(_warn(
		"google_compute_region_url_map",
		{"default_url_redirect": [{"https_redirect": false}]},
		"google_compute_region_url_map.it",
	)) == 1
}

test_a_redirect_passes if {
	redirect := {"default_url_redirect": [{"https_redirect": true}]}
	_warn("google_compute_url_map", redirect, "google_compute_url_map.it") == set()
	_warn("google_compute_region_url_map", redirect, "google_compute_region_url_map.it") == set()
}

test_a_map_elsewhere_passes if {
	_warn("google_compute_url_map", {}, "google_compute_url_map.other") == set()
	_found("google_compute_target_http_proxy", {"url_map": "projects/x/global/urlMaps/y"}) == set()
}

good_example := `resource "google_compute_target_http_proxy" "shop" {
  name    = "shop"
  url_map = google_compute_url_map.shop.id
}

resource "google_compute_url_map" "shop" {
  name = "shop"

  default_url_redirect {
    https_redirect = true
    strip_query    = false
  }
}
`

bad_example := `resource "google_compute_target_http_proxy" "shop" {
  name    = "shop"
  url_map = google_compute_url_map.shop.id
}

resource "google_compute_url_map" "shop" {
  name = "shop"
  default_service = "projects/example/global/backendServices/shop"
}
`
