package holdfast.dr.backup_paused_test

import data.holdfast.dr.backup_paused
import data.holdfast.lib.samples_test as samples

_warn(kind, spec) := found if {
	found := backup_paused.warn with input as samples.of({"kind": kind, "metadata": {"name": "a"}, "spec": spec})
}

test_paused_is_found if {
	fields := {
		"Schedule": "paused",
		"ScheduledBackup": "suspend",
		"ReplicationSource": "paused",
		"SnapshotSchedule": "disabled",
	}
	every kind, field in fields {
		_warn(kind, {field: true}) == {{
			"msg": sprintf("%s %q makes no backups, as it is paused", [kind, "a"]),
			"path": ["spec", field],
		}}
		_warn(kind, {field: false}) == set()
	}
}

test_running_passes if {
	_warn("Schedule", {"schedule": "0 3 * * *"}) == set()
	_warn("Schedule", {"paused": null}) == set()
	_warn("Schedule", null) == set()
	_warn("Schedule", {"suspend": true}) == set()
}

good_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template: {}
`

bad_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  paused: true
  schedule: "0 3 * * *"
  template: {}
`
