package holdfast.security.persistent_volume_host_path_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.persistent_volume_host_path

_warn(spec) := found if {
	volume := {"kind": "PersistentVolume", "metadata": {"name": "data"}, "spec": spec}
	found := persistent_volume_host_path.warn with input as samples.of(volume)
}

test_it_is_found if {
	_warn({"hostPath": {"path": "/mnt/data"}}) == {{
		"msg": `PersistentVolume "data" is /mnt/data of the node`,
		"path": ["spec", "hostPath"],
	}}
	{f.msg | some f in _warn({"hostPath": {"path": null}})} == {`PersistentVolume "data" is a path of the node`}
	count(_warn({"hostPath": {}})) == 1
}

test_others_pass if {
	_warn({"local": {"path": "/mnt/data"}}) == set()
	_warn({"hostPath": null}) == set()
	_warn(null) == set()
}

good_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: data
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  csi: {driver: csi.example.com, volumeHandle: data}
`

bad_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: data
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /mnt/data}
`
