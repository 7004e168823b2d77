package holdfast.dr.google_spanner_drop_protection_test

import data.holdfast.dr.google_spanner_drop_protection
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_spanner_drop_protection.warn with input as attributes_test.judged(kind, spec)
}

test_no_protection_is_found if {
	_found("google_spanner_database", {"enable_drop_protection": false}) == {{
		"msg": "google_spanner_database.it can be dropped",
		"path": ["spec", "enable_drop_protection"],
	}}
	{f.path | some f in _found("google_spanner_database", {})} == {["spec"]}
}

test_protection_passes if {
	_found("google_spanner_database", {"enable_drop_protection": true}) == set()
	_found("google_spanner_database", {"enable_drop_protection": "${var.x}"}) == set()
}

good_example := `resource "google_spanner_database" "orders" {
  instance               = "shop"
  name                   = "orders"
  enable_drop_protection = true
}
`

bad_example := `resource "google_spanner_database" "orders" {
  instance = "shop"
  name     = "orders"
}
`
