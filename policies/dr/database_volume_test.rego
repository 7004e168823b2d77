package holdfast.dr.database_volume_test

import data.holdfast.dr.database_volume
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_workload(container, volumes) := clusters.with_pod(clusters.workload("StatefulSet", "db", 1), {
	"containers": [{"name": "other", "image": "acme/exporter:1"}, object.union({"name": "db", "image": "postgres:16"}, container)],
	"volumes": volumes,
})

_warn_of(workload) := found if {
	found := database_volume.warn with input as samples.of(workload)
}

_warn(container, volumes) := _warn_of(_workload(container, volumes))

_at(path) := {"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "data", "mountPath": path}]}

_empty := [{"name": "tmp", "emptyDir": {}}, {"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}]

_claim := [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]

test_an_empty_dir_is_found if {
	_warn(_at("/var/lib/postgresql/data"), _empty) == {{
		"msg": concat("", [
			`StatefulSet "db" keeps the data of "postgres:16" in emptyDir "data", `,
			"which lasts no longer than the pod",
		]),
		"path": samples.in_pod(["volumes", 1]),
	}}
	every path in ["/var/lib/postgresql/data/", "/var/lib/postgresql", "/var/lib", "/"] {
		count(_warn(_at(path), _empty)) == 1
	}
	count(_warn(_at("/var/lib/postgresql"), [{"name": "data"}])) == 1
	count(_warn(_at("/var/lib/postgresql"), [{"name": "data", "emptyDir": null}])) == 1
}

test_no_volume_is_found if {
	_warn({}, []) == {{
		"msg": `StatefulSet "db" keeps the data of "postgres:16" in no volume, which lasts no longer than the pod`,
		"path": samples.in_pod(["containers", 1]),
	}}
	count(_warn(_at("/var/lib/postgres"), _claim)) == 1
}

test_a_claim_passes if {
	_warn(_at("/var/lib/postgresql/data"), _claim) == set()
	_warn(_at("/var/lib/postgresql"), _claim) == set()
	_warn(_at("/var/lib/postgresql/data/pgdata"), _claim) == set()

	# One of a StatefulSet's templates.
	_warn(_at("/var/lib/postgresql/data"), []) == set()
}

# The longest path holds the data.
test_mounts_in_each_other if {
	both := {"volumeMounts": [
		{"name": "data", "mountPath": "/var/lib/postgresql/data"},
		{"name": "scratch", "mountPath": "/var/lib"},
	]}
	_warn(both, array.concat(_claim, [{"name": "scratch", "emptyDir": {}}])) == set()
	inverse := [{"name": "data", "emptyDir": {}}, {"name": "scratch", "persistentVolumeClaim": {}}]
	{f.path | some f in _warn(both, inverse)} == {samples.in_pod(["volumes", 0])}
}

test_pgdata if {
	env := {"env": [{"name": "A", "value": "/b"}, {"name": "PGDATA", "value": "/data/pg"}]}
	_warn(object.union(_at("/data"), env), _claim) == set()
	count(_warn(object.union(_at("/var/lib/postgresql/data"), env), _claim)) == 1
	reference := {"env": [{"name": "PGDATA", "value": "$(DIR)"}]}
	_warn(object.union(_at("/var/lib/postgresql/data"), reference), _claim) == set()
	other := {"image": "mysql:8", "env": [{"name": "PGDATA", "value": "/data/pg"}]}
	_warn(object.union(_at("/var/lib/mysql"), other), _claim) == set()
}

test_each_image if {
	paths := {
		"postgis/postgis:16": "/var/lib/postgresql/data", "timescale/timescaledb": "/var/lib/postgresql/data",
		"bitnami/postgresql:16": "/bitnami/postgresql", "mysql:8": "/var/lib/mysql", "mariadb": "/var/lib/mysql",
		"percona:8": "/var/lib/mysql", "mongo@sha256:0": "/data/db", "registry.example.com:5000/lib/mongo:7@sha256:0": "/data/db",
		"bitnami/mongodb": "/bitnami/mongodb", "cassandra:4": "/var/lib/cassandra", "couchdb:3": "/opt/couchdb/data",
		"influxdb:2": "/var/lib/influxdb", "neo4j:5": "/data",
		"docker.elastic.co/elasticsearch/elasticsearch:8.0.0": "/usr/share/elasticsearch/data",
		"opensearchproject/opensearch:2": "/usr/share/opensearch/data",
		"clickhouse/clickhouse-server:24": "/var/lib/clickhouse", "bitnami/mysql:8": "/bitnami/mysql",
		"bitnamilegacy/mariadb:11": "/bitnami/mariadb", "bitnami/cassandra:4": "/bitnami/cassandra",
		"bitnami/elasticsearch:8": "/bitnami/elasticsearch/data",
	}
	every image, path in paths {
		count(_warn({"image": image}, [])) == 1
		count(_warn(object.union({"image": image}, _at(path)), _empty)) == 1
		_warn(object.union({"image": image}, _at(path)), _claim) == set()
	}
}

test_other_images_pass if {
	every image in ["redis:7", "memcached", "acme/postgres-exporter:1", "mysqld-exporter", "acme/postgresql", "acme/mongodb", 5, null] {
		_warn({"image": image}, []) == set()
	}
}

test_what_is_told_otherwise_passes if {
	_warn({"command": ["psql"]}, []) == set()
	every arg in ["--datadir=/x", "--dbpath", "psql", "bash", "sh", "mysql", "mongo", "mongosh", "pg_isready"] {
		_warn({"args": [arg]}, []) == set()
	}
	count(_warn({"args": ["-c", "max_connections=100"]}, [])) == 1
}

test_wrong_types if {
	count(_warn({"args": [5], "env": [{"name": "PGDATA", "value": 5}], "volumeMounts": [{"mountPath": 5}, null]}, [5])) == 1
	_warn({"volumeMounts": null, "image": "redis"}, null) == set()
}

test_a_reason_and_switched_off_pass if {
	_warn_of(clusters.annotated(_workload({}, []), {"holdfast.dev/backup": "preview environments only"})) == set()
	count(_warn_of(clusters.annotated(_workload({}, []), {"holdfast.dev/backup": ""}))) == 1
	_warn_of(clusters.with_spec(_workload({}, []), {"replicas": 0})) == set()
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    spec:
      containers:
        - name: db
          image: postgres:16.4
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql/data}
  volumeClaimTemplates:
    - metadata: {name: data}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: db
spec:
  template:
    spec:
      containers:
        - name: db
          image: postgres:16.4
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql/data}
      volumes:
        - name: data
          emptyDir: {}
`
