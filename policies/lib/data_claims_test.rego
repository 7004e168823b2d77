package holdfast.lib.data_claims_test

import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.data_claims

_db := clusters.with_spec(clusters.workload("StatefulSet", "db", 1), {
	"serviceName": "postgres",
	"template": {"metadata": {"annotations": {"a": "b"}}},
})

test_of_template if {
	data_claims.of_template("shop", _db, {"metadata": {"name": "data", "labels": {"save": "yes"}, "annotations": {"c": "d"}}}) == {
		"namespace": "shop",
		"stem": "data-db",
		"labels": {"save": "yes", "app": "db"},
		"annotations": {"c": "d"},
		"pods": [{"labels": {"app": "db"}, "annotations": {"a": "b"}, "volume": "data"}],
		"words": {"db", "postgres"},
	}
	bare := data_claims.of_template("shop", {"metadata": {"name": "db"}, "spec": null}, {"metadata": {"name": "data", "labels": 5}})
	bare.labels == {}
	bare.words == {"db"}
	bare.pods == [{"labels": {}, "annotations": {}, "volume": "data"}]
}

_using(kind, name) := clusters.with_pod(clusters.workload(kind, name, 1), {"volumes": [
	{"name": "tmp", "emptyDir": {}},
	{"name": "store", "persistentVolumeClaim": {"claimName": "files"}},
]})

_claim := {"metadata": {"name": "files", "labels": {"save": "yes"}, "annotations": {"c": "d"}}}

test_of_resource if {
	found := data_claims.of_resource("prod", "shop", "files", _claim) with data.holdfast.resources as clusters.of([
		_using("Deployment", "web"),
		_using("DaemonSet", "scan"),
		clusters.at(_using("Deployment", "web"), {"namespace": "else"}),
	])
	found == {
		"namespace": "shop",
		"name": "files",
		"labels": {"save": "yes"},
		"annotations": {"c": "d"},
		"pods": [
			{"labels": {"app": "scan"}, "annotations": {}, "volume": "store"},
			{"labels": {"app": "web"}, "annotations": {}, "volume": "store"},
		],
		"words": {"files", "web", "scan"},
	}
}

test_of_a_resource_that_nothing_mounts if {
	found := data_claims.of_resource("prod", "shop", "files", _claim) with data.holdfast.resources as {}
	found.pods == []
	found.words == {"files"}
}

test_mounted if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
		world := clusters.of([_using(kind, "web")])
		data_claims.mounted("prod", "shop", "files") with data.holdfast.resources as world
		not _mounted("shop", "other", world)
		not _mounted("else", "files", world)
	}
	not _mounted("shop", "files", clusters.of([clusters.workload("Deployment", "web", 1)]))
}

_mounted(namespace, name, world) if {
	data_claims.mounted("prod", namespace, name) with data.holdfast.resources as world
}
