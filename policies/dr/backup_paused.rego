# METADATA
# title: Backups that are paused
# description: |
#   A Schedule of Velero with paused true, a ScheduledBackup of CloudNativePG with
#   suspend true, a ReplicationSource of VolSync with paused true and a
#   SnapshotSchedule with disabled true make no backups, and nothing else says so:
#   often one is paused for a while and forgotten.
# custom:
#   id: dr/backup-paused
#   category: dr
#   severity: medium
#   profile: starter
#   controls: [nist-800-53/cp-9]
#   remediation: Remove the field, or the resource if it is no longer wanted.
#   scope: resource
#   kinds:
#     - velero.io/Schedule
#     - postgresql.cnpg.io/ScheduledBackup
#     - volsync.backube/ReplicationSource
#     - snapscheduler.backube/SnapshotSchedule
package holdfast.dr.backup_paused

import data.holdfast.lib.names

_fields := {
	"Schedule": "paused",
	"ScheduledBackup": "suspend",
	"ReplicationSource": "paused",
	"SnapshotSchedule": "disabled",
}

warn contains {"msg": msg, "path": ["spec", field]} if {
	field := _fields[input.resource.kind]
	input.resource.spec[field] == true
	msg := sprintf("%s makes no backups, as it is paused", [names.title(input.resource)])
}
