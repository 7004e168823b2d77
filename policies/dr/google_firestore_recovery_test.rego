package holdfast.dr.google_firestore_recovery_test

import data.holdfast.dr.google_firestore_recovery
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_firestore_recovery.warn with input as attributes_test.judged(kind, spec)
}

_lost(path) := {"msg": "google_firestore_database.it has no point-in-time recovery and no backups", "path": path}

_deleted(path) := {"msg": "google_firestore_database.it may be deleted with all that it holds", "path": path}

test_both_are_found if {
	_found("google_firestore_database", {}) == {_lost(["spec"]), _deleted(["spec"])}
	_found("google_firestore_database", {
		"point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_DISABLED",
		"delete_protection_state": "DELETE_PROTECTION_DISABLED",
	}) == {_lost(["spec", "point_in_time_recovery_enablement"]), _deleted(["spec", "delete_protection_state"])}
}

test_recovery_passes if {
	_found("google_firestore_database", {
		"point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_ENABLED",
		"delete_protection_state": "DELETE_PROTECTION_ENABLED",
	}) == set()
}

_database := attributes_test.made("google_firestore_database", {
	"name": "x",
	"delete_protection_state": "DELETE_PROTECTION_ENABLED",
})

_with(of) := found if {
	schedule := attributes_test.points(attributes_test.made("google_firestore_backup_schedule", {}), "database", [of])
	found := google_firestore_recovery.warn with input as attributes_test.of(_database)
		with data.holdfast.resources as attributes_test.stored({_database, schedule})
}

test_a_schedule_passes if {
	_with("google_firestore_database.it") == set()
	_with("google_firestore_database.other") == {_lost(["spec"])}
}

good_example := `resource "google_firestore_database" "orders" {
  name                              = "orders"
  location_id                       = "eur3"
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
}
`

bad_example := `resource "google_firestore_database" "orders" {
  name        = "orders"
  location_id = "eur3"
  type        = "FIRESTORE_NATIVE"
}
`
