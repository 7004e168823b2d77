# METADATA
# title: Firestore databases that cannot be had back
# description: |
#   Point-in-time recovery keeps the versions of seven days, and delete
#   protection keeps a database from being deleted. Both are off by default; a
#   backup schedule serves instead of the former. Google Cloud documentation,
#   "Disaster recovery" of Firestore.
# custom:
#   id: dr/google-firestore-recovery
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set point_in_time_recovery_enablement to POINT_IN_TIME_RECOVERY_ENABLED and
#     delete_protection_state to DELETE_PROTECTION_ENABLED.
#   scope: resource
#   kinds: [terraform/google_firestore_database]
package holdfast.dr.google_firestore_recovery

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

warn contains {"msg": msg, "path": path} if {
	not _recoverable
	not _scheduled
	msg := sprintf("%s has no point-in-time recovery and no backups", [attributes.title])
	path := attributes.place(
		["point_in_time_recovery_enablement"],
		[value | value := input.resource.spec.point_in_time_recovery_enablement],
	)
}

warn contains {"msg": msg, "path": path} if {
	not _protected
	msg := sprintf("%s may be deleted with all that it holds", [attributes.title])
	path := attributes.place(
		["delete_protection_state"],
		[value | value := input.resource.spec.delete_protection_state],
	)
}

_recoverable if input.resource.spec.point_in_time_recovery_enablement != "POINT_IN_TIME_RECOVERY_DISABLED"

_protected if input.resource.spec.delete_protection_state != "DELETE_PROTECTION_DISABLED"

_scheduled if {
	some schedule in data.holdfast.resources[input.target.name]["terraform/google_firestore_backup_schedule"][_]
	terraform.refers_to(schedule, "database", attributes.self)
}
