# METADATA
# title: Where backups are stored
# description: |
#   The object storage that a resource sends backups to, by the fields of Velero's
#   BackupStorageLocation, CloudNativePG's Cluster and ObjectStore, K8up's Schedule
#   and Percona's clusters.
package holdfast.lib.stores

# of has an element for each store of a resource: the path to what names it, and
# of "provider" (aws, gcp or azure), "bucket" (azure: the storage account),
# "endpoint" and "region" those that it says.
of(resource) := {store |
	some store in _stores(resource)
	count(store) > 1
}

_stores(resource) := {object.union_n([
	{"path": ["spec", "objectStorage", "bucket"]},
	_if_text("bucket", _velero_bucket(resource.spec)),
	_if_text("provider", trim_prefix(_text(resource.spec, ["provider"]), "velero.io/")),
	_if_text("endpoint", _text(resource.spec, ["config", "s3Url"])),
	_if_text("region", _text(resource.spec, ["config", "region"])),
])} if {
	resource.kind == "BackupStorageLocation"
}

_stores(resource) := {_barman(resource.spec.backup.barmanObjectStore, ["spec", "backup", "barmanObjectStore"])} if {
	resource.kind == "Cluster"
}

_stores(resource) := {_barman(resource.spec.configuration, ["spec", "configuration"])} if resource.kind == "ObjectStore"

_stores(resource) := {object.union_n([
	{"path": ["spec", "backend", "s3", "endpoint"]},
	_if_text("bucket", _text(resource.spec, ["backend", "s3", "bucket"])),
	_if_text("endpoint", _text(resource.spec, ["backend", "s3", "endpoint"])),
])} if {
	resource.kind == "Schedule"
}

_stores(resource) := {store |
	some name, storage in resource.spec.backup.storages
	store := object.union_n([
		{"path": ["spec", "backup", "storages", name]},
		_if_text("bucket", _text(storage, ["s3", "bucket"])),
		_if_text("endpoint", _text(storage, ["s3", "endpointUrl"])),
		_if_text("region", _text(storage, ["s3", "region"])),
	])
} if {
	resource.kind in {"PerconaServerMongoDB", "PerconaXtraDBCluster", "PerconaServerMySQL"}
}

# Azure's locations name the container as the bucket.
_velero_bucket(spec) := _text(spec, ["config", "storageAccount"]) if {
	trim_prefix(_text(spec, ["provider"]), "velero.io/") == "azure"
} else := _text(spec, ["objectStorage", "bucket"])

_barman(spec, path) := object.union_n([
	{"path": array.concat(path, ["destinationPath"])},
	_if_text("bucket", _match(`^(?:s3|gs)://([^/]+)|^https://([a-z0-9]+)\.blob\.core\.windows\.net/`, spec)),
	_if_text("provider", _provider(spec)),
	_if_text("endpoint", _text(spec, ["endpointURL"])),
])

_match(pattern, spec) := concat("", array.slice(match, 1, count(match))) if {
	match := regex.find_all_string_submatch_n(pattern, _text(spec, ["destinationPath"]), -1)[0]
} else := ""

_provider(spec) := {"s3": "aws", "gs": "gcp"}[split(_text(spec, ["destinationPath"]), "://")[0]] if {
	true
} else := "azure" if {
	contains(_text(spec, ["destinationPath"]), ".blob.core.windows.net/")
} else := ""

_text(spec, path) := value if {
	is_object(spec)
	value := object.get(spec, path, "")
	is_string(value)
} else := ""

_if_text(key, text) := {key: text} if {
	text != ""
} else := {}
