# METADATA
# title: Velero Schedules without a place to store to
# description: |
#   Every backup of a Schedule fails whose template.storageLocation names no
#   BackupStorageLocation of its namespace, or one whose accessMode is ReadOnly, or
#   whose volumeSnapshotLocations name no VolumeSnapshotLocation (velero.io,
#   "Backup Storage Locations and Volume Snapshot Locations"). Where none is named
#   it is the location with default true that counts. Nothing is asked where the
#   target has no locations in the Schedule's namespace.
# custom:
#   id: dr/velero-location
#   category: dr
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Name a BackupStorageLocation that there is, or add it; set its spec.accessMode back to ReadWrite
#     once a restore is over.
#   scope: target
#   kinds: [velero.io/Schedule]
package holdfast.dr.velero_location

import data.holdfast.lib.names

_resources := data.holdfast.resources[input.target.name]

deny contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, schedule)} if {
	some namespace, schedules in _resources["velero.io/Schedule"]
	locations := _resources["velero.io/BackupStorageLocation"][namespace]
	some schedule in schedules
	fault := _fault(schedule, locations)
	msg := sprintf("the backups of %s %s", [names.title(schedule), fault])
	path := _path(schedule)
}

deny contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, schedule)} if {
	some namespace, schedules in _resources["velero.io/Schedule"]
	locations := _resources["velero.io/VolumeSnapshotLocation"][namespace]
	some schedule in schedules
	some i, name in schedule.spec.template.volumeSnapshotLocations
	not name in object.keys(locations)
	msg := sprintf("the snapshots of %s go to VolumeSnapshotLocation %q, which does not exist", [names.title(schedule), name])
	path := ["spec", "template", "volumeSnapshotLocations", i]
}

_named(schedule) := name if {
	name := schedule.spec.template.storageLocation
	is_string(name)
	name != ""
}

_fault(schedule, locations) := sprintf("go to BackupStorageLocation %q, which does not exist", [name]) if {
	name := _named(schedule)
	not name in object.keys(locations)
}

_fault(schedule, locations) := sprintf("go to %s, which is ReadOnly", [names.title(location)]) if {
	location := locations[_named(schedule)]
	location.spec.accessMode == "ReadOnly"
}

_fault(schedule, locations) := sprintf("go to %s by default, which is ReadOnly", [min(titles)]) if {
	not _named(schedule)
	titles := {names.title(location) |
		some location in locations
		location.spec["default"] == true
		location.spec.accessMode == "ReadOnly"
	}
}

_path(schedule) := ["spec", "template", "storageLocation"] if {
	_ := _named(schedule)
} else := ["spec", "template"]
