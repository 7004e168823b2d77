package holdfast.dr.velero_location_test

import data.holdfast.dr.velero_location
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_location(name, spec) := clusters.make("velero.io/v1", "BackupStorageLocation", name, spec)

_schedule(template) := clusters.make("velero.io/v1", "Schedule", "nightly", {"template": template})

_deny(resources) := found if {
	found := velero_location.deny with data.holdfast.resources as clusters.of(resources) with input as samples.of(null)
}

_finding(path, what) := {{
	"msg": sprintf(`the backups of Schedule "nightly" go to %s`, [what]),
	"path": array.concat(["spec", "template"], path),
	"resource": clusters.identity(_schedule({})),
}}

test_no_such_location_is_found if {
	_deny([_location("main", {}), _schedule({"storageLocation": "offsite"})]) == _finding(
		["storageLocation"],
		`BackupStorageLocation "offsite", which does not exist`,
	)
}

test_a_location_to_read_only_is_found if {
	_deny([_location("main", {"accessMode": "ReadOnly"}), _schedule({"storageLocation": "main"})]) == _finding(
		["storageLocation"],
		`BackupStorageLocation "main", which is ReadOnly`,
	)
	every template in [{}, {"storageLocation": ""}, {"storageLocation": null}] {
		_deny([_location("main", {"accessMode": "ReadOnly", "default": true}), _schedule(template)]) == _finding(
			[],
			`BackupStorageLocation "main" by default, which is ReadOnly`,
		)
	}
}

test_a_location_passes if {
	_deny([_location("main", {"accessMode": "ReadWrite"}), _schedule({"storageLocation": "main"})]) == set()
	_deny([_location("main", {}), _schedule({})]) == set()
	_deny([_location("main", {"accessMode": "ReadWrite", "default": true}), _schedule({})]) == set()
	_deny([_location("main", {"accessMode": "ReadOnly"}), _schedule({})]) == set()
	read_only := _location("old", {"accessMode": "ReadOnly", "default": true})
	_deny([read_only, _location("main", {}), _schedule({"storageLocation": "main"})]) == set()
}

test_locations_that_are_not_here_pass if {
	_deny([_schedule({"storageLocation": "offsite"})]) == set()
	elsewhere := clusters.at(_location("main", {}), {"namespace": "else"})
	_deny([elsewhere, _schedule({"storageLocation": "offsite"})]) == set()
}

_snapshots(name) := clusters.make("velero.io/v1", "VolumeSnapshotLocation", name, {})

test_locations_of_snapshots if {
	_deny([_snapshots("main"), _schedule({"volumeSnapshotLocations": ["main", "other"]})]) == {{
		"msg": `the snapshots of Schedule "nightly" go to VolumeSnapshotLocation "other", which does not exist`,
		"path": ["spec", "template", "volumeSnapshotLocations", 1],
		"resource": clusters.identity(_schedule({})),
	}}
	_deny([_snapshots("main"), _schedule({"volumeSnapshotLocations": ["main"]}), _schedule({})]) == set()
	_deny([_schedule({"volumeSnapshotLocations": ["other"]})]) == set()
	_deny([_snapshots("main"), _schedule({"volumeSnapshotLocations": null})]) == set()
}

good_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: offsite
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
---
apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    storageLocation: offsite
`

bad_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
---
apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    storageLocation: offsite
`
