package holdfast.security.google_dnssec_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_dnssec

_found(kind, spec) := found if {
	found := google_dnssec.deny with input as attributes_test.judged(kind, spec)
}

_zone(config, changes) := _found("google_dns_managed_zone", object.union({"dnssec_config": [config]}, changes))

_unsigned(path) := {{"msg": "google_dns_managed_zone.it is not signed with DNSSEC", "path": path}}

test_unsigned_zones_are_found if {
	_found("google_dns_managed_zone", {}) == _unsigned(["spec"])
	_zone({"state": "off"}, {"visibility": "public"}) == _unsigned(["spec", "dnssec_config", 0, "state"])
	_zone({}, {}) == _unsigned(["spec"])
}

test_weak_signatures_are_found if {
	_zone({"state": "on", "default_key_specs": [{"algorithm": "rsasha256"}, {"algorithm": "rsasha1"}]}, {}) == {{
		"msg": "google_dns_managed_zone.it is signed with RSASHA1",
		"path": ["spec", "dnssec_config", 0, "default_key_specs", 1, "algorithm"],
	}}
}

test_signed_and_private_zones_pass if {
	_zone({"state": "on"}, {}) == set()
	_zone({"state": "transfer"}, {}) == set()
	_zone({"state": "off"}, {"visibility": "private"}) == set()
	_found("google_dns_managed_zone", {"visibility": "private"}) == set()
}

good_example := `resource "google_dns_managed_zone" "shop" {
  name     = "shop"
  dns_name = "shop.example.com."

  dnssec_config {
    state = "on"
  }
}
`

bad_example := `resource "google_dns_managed_zone" "shop" {
  name     = "shop"
  dns_name = "shop.example.com."
}
`
