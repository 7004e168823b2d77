# METADATA
# title: Databases without a lasting volume
# description: |
#   A database that writes to an emptyDir, or to no volume at all, loses its data
#   when its pod is deleted or moved (kubernetes.io, "Volumes", emptyDir). It is
#   known by its image's name, and its data path from the image's documentation or
#   from PGDATA; a container that is told a command or another path for its data is
#   passed over. Caches such as redis and memcached are not asked, nor what is
#   scaled to 0. The annotation holdfast.dev/backup, which says why the data need
#   not last, excuses it.
# custom:
#   id: dr/database-volume
#   category: dr
#   severity: high
#   profile: recommended
#   remediation: Mount a PersistentVolumeClaim at the database's data path.
#   scope: resource
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.database_volume

import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.requests

# Where an image keeps its data, by the last part of its name: Docker's official
# images, those of the makers, and Bitnami's.
_paths := {
	"postgres": "/var/lib/postgresql/data",
	"postgis": "/var/lib/postgresql/data",
	"timescaledb": "/var/lib/postgresql/data",
	"mysql": "/var/lib/mysql",
	"mariadb": "/var/lib/mysql",
	"percona": "/var/lib/mysql",
	"mongo": "/data/db",
	"cassandra": "/var/lib/cassandra",
	"couchdb": "/opt/couchdb/data",
	"influxdb": "/var/lib/influxdb",
	"neo4j": "/data",
	"elasticsearch": "/usr/share/elasticsearch/data",
	"opensearch": "/usr/share/opensearch/data",
	"clickhouse-server": "/var/lib/clickhouse",
}

warn contains {"msg": msg, "path": found.path} if {
	requests.replicas(input.resource) != 0
	spec := pods.spec(input.resource)
	some i, container in spec.containers
	data_path := _data_path(container)
	not _told_otherwise(container)
	found := _fault(spec, container, i, data_path)
	not names.reason(input.resource, "holdfast.dev/backup")
	msg := sprintf("%s keeps the data of %q in %s, which lasts no longer than the pod", [
		names.title(input.resource),
		container.image,
		found.what,
	])
}

_data_path(container) := path if {
	path := _pgdata(container)
} else := path if {
	path := _bitnami[_name(container.image)]
	contains(container.image, "bitnami")
} else := _paths[_name(container.image)]

_bitnami := {
	"postgresql": "/bitnami/postgresql",
	"mongodb": "/bitnami/mongodb",
	"mysql": "/bitnami/mysql",
	"mariadb": "/bitnami/mariadb",
	"cassandra": "/bitnami/cassandra",
	"elasticsearch": "/bitnami/elasticsearch/data",
}

_pgdata(container) := variable.value if {
	_paths[_name(container.image)] == "/var/lib/postgresql/data"
	some variable in container.env
	variable.name == "PGDATA"
	is_string(variable.value)
	startswith(variable.value, "/")
}

_name(image) := split(split(parts[count(parts) - 1], "@")[0], ":")[0] if {
	is_string(image)
	parts := split(image, "/")
}

_told_otherwise(container) if container.command

_told_otherwise(container) if {
	some arg in container.args
	is_string(arg)
	regex.match(`(?i)data|dbpath|^(?:bash|sh|psql|mysql|mongo|mongosh|pg_[a-z]+)$`, arg)
}

# The volume whose mount holds the data path is the one at the longest path.
_fault(spec, container, i, data_path) := {"what": sprintf("emptyDir %q", [volume.name]), "path": path} if {
	mounts := _mounts(container, data_path)
	longest := max({count(mount.mountPath) | some mount in mounts})
	some mount in mounts
	count(mount.mountPath) == longest
	some j, volume in spec.volumes
	volume.name == mount.name
	_is_empty_dir(volume)
	path := array.concat(pods.spec_path(input.resource), ["volumes", j])
} else := {"what": "no volume", "path": path} if {
	_mounts(container, data_path) == set()
	not _mounted_below(container, data_path)
	path := array.concat(pods.spec_path(input.resource), ["containers", i])
}

# As is a volume whose source is left out or null.
_is_empty_dir(volume) if object.remove(volume, ["name", "emptyDir"]) == {}

_mounts(container, data_path) := {mount |
	some mount in container.volumeMounts
	is_string(mount.mountPath)
	startswith(sprintf("%s/", [data_path]), sprintf("%s/", [trim_suffix(mount.mountPath, "/")]))
}

_mounted_below(container, data_path) if {
	some mount in container.volumeMounts
	is_string(mount.mountPath)
	startswith(mount.mountPath, data_path)
}
