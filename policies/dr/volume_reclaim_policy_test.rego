package holdfast.dr.volume_reclaim_policy_test

import data.holdfast.dr.volume_reclaim_policy
import data.holdfast.lib.samples_test as samples

_warn(spec) := found if {
	volume := {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": spec}
	found := volume_reclaim_policy.warn with input as samples.of(volume)
}

test_delete_is_found if {
	every policy in ["Delete", "Recycle"] {
		_warn({"persistentVolumeReclaimPolicy": policy}) == {{
			"msg": sprintf(`PersistentVolume "disk" loses its data when its claim is deleted (%s)`, [policy]),
			"path": ["spec", "persistentVolumeReclaimPolicy"],
		}}
	}
}

test_retain_passes if {
	_warn({"persistentVolumeReclaimPolicy": "Retain"}) == set()
	_warn({"persistentVolumeReclaimPolicy": null}) == set()
	_warn({}) == set()
	_warn(null) == set()
}

good_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: db
spec:
  persistentVolumeReclaimPolicy: Retain
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
`

bad_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: db
spec:
  persistentVolumeReclaimPolicy: Delete
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
`
