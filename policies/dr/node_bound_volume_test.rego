package holdfast.dr.node_bound_volume_test

import data.holdfast.dr.node_bound_volume
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn(resource) := found if {
	found := node_bound_volume.warn with input as samples.of(resource)
}

_volume(spec) := {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": spec}

_reason := {"holdfast.dev/backup": "Cassandra keeps three copies"}

_db_of(kind, source, mount) := clusters.with_pod(clusters.workload(kind, "db", 1), {
	"volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "data", "hostPath": source}],
	"containers": [
		{"name": "other"},
		{"name": "db", "volumeMounts": [object.union({"name": "data", "mountPath": "/data"}, mount)]},
	],
})

_db(source, mount) := _db_of("StatefulSet", source, mount)

test_a_volume_of_a_node_is_found if {
	_warn(_volume({"hostPath": {"path": "/data"}})) == {{
		"msg": `PersistentVolume "disk" lies on one node (hostPath)`,
		"path": ["spec", "hostPath"],
	}}
	{f.path | some f in _warn(_volume({"local": {"path": "/data"}}))} == {["spec", "local"]}
}

test_other_volumes_pass if {
	_warn(_volume({"nfs": {"path": "/data"}})) == set()
	_warn(_volume({"hostPath": null, "csi": {}})) == set()
	_warn(_volume(null)) == set()
	_warn(_volume({"local": {"path": "/dev/sdb"}, "volumeMode": "Block"})) == set()
	count(_warn(_volume({"local": {"path": "/data"}, "volumeMode": "Filesystem"}))) == 1
	_warn(clusters.annotated(_volume({"local": {"path": "/data"}}), _reason)) == set()
	count(_warn(clusters.annotated(_volume({"local": {"path": "/data"}}), {"holdfast.dev/backup": " "}))) == 1
}

test_a_stateful_set_that_writes_is_found if {
	_warn(_db({"path": "/data"}, {})) == {{
		"msg": `StatefulSet "db" writes to /data of its node (volume "data")`,
		"path": samples.in_pod(["volumes", 1, "hostPath"]),
	}}
	every type in ["", "Directory", "DirectoryOrCreate", null] {
		count(_warn(_db({"path": "/var/lib/db", "type": type}, {"readOnly": false}))) == 1
	}
}

test_what_is_no_data_passes if {
	_warn(_db({"path": "/data"}, {"readOnly": true})) == set()
	_warn(_db({"path": "/data"}, {"name": "tmp"})) == set()
	every type in ["File", "FileOrCreate", "Socket", "BlockDevice", "CharDevice"] {
		_warn(_db({"path": "/data", "type": type}, {})) == set()
	}
	every path in [
		"/dev", "/dev/fuse", "/proc", "/sys/fs", "/run/x", "/etc/ssl", "/boot", "/usr/x", "/lib/modules", "/lib64",
		"/var/run/x", "/var/log",
	] {
		_warn(_db({"path": path}, {})) == set()
	}
	count(_warn(_db({"path": "/developers"}, {}))) == 1
	_warn(_db({"path": 5}, {})) == set()
	_warn(_db(null, {})) == set()
}

test_a_reason_and_other_kinds_pass if {
	_warn(clusters.annotated(_db({"path": "/data"}, {}), _reason)) == set()
	_warn(_db_of("Deployment", {"path": "/data"}, {})) == set()
}

good_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: db
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  nfs: {server: nfs.example.com, path: /exports/db}
`

bad_example := `apiVersion: v1
kind: PersistentVolume
metadata:
  name: db
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /mnt/data}
`
