package holdfast.lib.stores_test

import data.holdfast.lib.stores

_of(kind, spec) := stores.of({"kind": kind, "metadata": {"name": "a"}, "spec": spec})

test_velero if {
	path := ["spec", "objectStorage", "bucket"]
	_of("BackupStorageLocation", {
		"provider": "velero.io/aws",
		"objectStorage": {"bucket": "b"},
		"config": {"s3Url": "http://x", "region": "eu"},
	}) == {{"path": path, "provider": "aws", "bucket": "b", "endpoint": "http://x", "region": "eu"}}
	_of("BackupStorageLocation", {"provider": "gcp", "objectStorage": {"bucket": "b"}}) == {{
		"path": path,
		"provider": "gcp",
		"bucket": "b",
	}}
	_of("BackupStorageLocation", {
		"provider": "velero.io/azure",
		"objectStorage": {"bucket": "container"},
		"config": {"storageAccount": "account"},
	}) == {{"path": path, "provider": "azure", "bucket": "account"}}
	_of("BackupStorageLocation", null) == set()
	_of("BackupStorageLocation", {"provider": 5, "config": null}) == set()
}

test_barman if {
	spec := {"destinationPath": "s3://b/path", "endpointURL": "http://x"}
	_of("Cluster", {"backup": {"barmanObjectStore": spec}}) == {{
		"path": ["spec", "backup", "barmanObjectStore", "destinationPath"],
		"provider": "aws",
		"bucket": "b",
		"endpoint": "http://x",
	}}
	path := ["spec", "configuration", "destinationPath"]
	_of("ObjectStore", {"configuration": {"destinationPath": "gs://b"}}) == {{
		"path": path,
		"provider": "gcp",
		"bucket": "b",
	}}
	_of("ObjectStore", {"configuration": {"destinationPath": "https://acc.blob.core.windows.net/container/x"}}) == {{
		"path": path,
		"provider": "azure",
		"bucket": "acc",
	}}
	every spec in [null, {}, {"destinationPath": "file:///tmp"}, {"destinationPath": 5}] {
		_of("ObjectStore", {"configuration": spec}) == set()
	}
	_of("Cluster", {}) == set()
	_of("ObjectStore", {"configuration": {"destinationPath": "file:///tmp", "endpointURL": "http://x"}}) == {{
		"path": path,
		"endpoint": "http://x",
	}}
	_of("ObjectStore", {"configuration": {"destinationPath": "s3://b", "endpointURL": 5}}) == {{
		"path": path,
		"provider": "aws",
		"bucket": "b",
	}}
}

test_k8up if {
	_of("Schedule", {"backend": {"s3": {"endpoint": "http://x", "bucket": "b"}}}) == {{
		"path": ["spec", "backend", "s3", "endpoint"],
		"endpoint": "http://x",
		"bucket": "b",
	}}
	_of("Schedule", {"template": {}}) == set()
}

test_percona if {
	storages := {
		"main": {"type": "s3", "s3": {"bucket": "b", "endpointUrl": "http://x", "region": "eu"}},
		"disk": {"type": "filesystem"},
	}
	every kind in ["PerconaServerMongoDB", "PerconaXtraDBCluster", "PerconaServerMySQL"] {
		_of(kind, {"backup": {"storages": storages}}) == {{
			"path": ["spec", "backup", "storages", "main"],
			"bucket": "b",
			"endpoint": "http://x",
			"region": "eu",
		}}
	}
}

test_other_kinds if {
	every spec in [
		{"backup": {"storages": {"a": {"s3": {"bucket": "b"}}}}},
		{"backup": {"barmanObjectStore": {"destinationPath": "s3://b"}}},
		{"configuration": {"destinationPath": "s3://b"}},
	] {
		_of("Deployment", spec) == set()
	}
}
