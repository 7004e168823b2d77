package holdfast.dr.velero_volumes_test

import data.holdfast.dr.velero_volumes
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn(template) := found if {
	schedule := clusters.make("velero.io/v1", "Schedule", "nightly", {"template": template})
	found := velero_volumes.warn with input as samples.of(schedule)
}

test_no_volumes_are_found if {
	_warn({"snapshotVolumes": false}) == {{
		"msg": `the backups of Schedule "nightly" hold no data of volumes`,
		"path": ["spec", "template"],
	}}
	count(_warn({"excludedResources": ["persistentvolumeclaims"]})) == 1
}

test_volumes_pass if {
	_warn({}) == set()
	_warn({"snapshotVolumes": false, "defaultVolumesToFsBackup": true}) == set()
	_warn({"snapshotVolumes": null}) == set()
}

good_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    defaultVolumesToFsBackup: true
    snapshotVolumes: false
`

bad_example := `apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    snapshotVolumes: false
`
