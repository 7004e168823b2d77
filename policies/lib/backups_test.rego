package holdfast.lib.backups_test

import data.holdfast.lib.backups
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.data_claims

_db := clusters.with_spec(clusters.workload("StatefulSet", "db", 1), {"serviceName": "postgres"})

_claim := data_claims.of_template("shop", _db, {"metadata": {"name": "data"}})

_schedule(name, template) := clusters.at(
	clusters.make("velero.io/v1", "Schedule", name, {"schedule": "0 3 * * *", "template": template}),
	{"namespace": "velero"},
)

_held(resources) if _held_of(_claim, clusters.of(resources))

_held_of(claim, world) if {
	backups.held("prod", claim) with data.holdfast.resources as world
}

_keepers(resources) := found if {
	found := backups.keepers("prod", _claim) with data.holdfast.resources as clusters.of(resources)
}

_keeper(kind, name, schedule) := {"title": sprintf("%s %q", [kind, name]), "schedule": schedule}

test_nothing_holds if {
	not _held([])
	_keepers([]) == set()
}

# Each lies at another place of the index.
test_schedules_of_velero if {
	every template in [
		{},
		{"includedNamespaces": ["shop"]},
		{"includedNamespaces": ["s*"]},
		{"includedNamespaces": ["x", "shop"]},
		{"includedNamespaces": ["shop"], "labelSelector": {"matchLabels": {"app": "db"}}},
		{"labelSelector": {"matchLabels": {"app": "db"}}},
		{"labelSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}},
		{"orLabelSelectors": [{"matchLabels": {"app": "db"}}, {"matchLabels": {"app": "x"}}]},
	] {
		_held([_schedule("a", template)])
		_keepers([_schedule("a", template)]) == {_keeper("Schedule", "a", "0 3 * * *")}
	}
	every template in [
		{"includedNamespaces": ["other"]},
		{"includedNamespaces": ["x*"]},
		{"excludedNamespaces": ["shop"]},
		{"labelSelector": {"matchLabels": {"app": "web"}}},
		{"snapshotVolumes": false},
	] {
		not _held([_schedule("a", template)])
		_keepers([_schedule("a", template)]) == set()
	}
}

test_all_that_hold_it_are_keepers if {
	_keepers([_schedule("a", {}), _schedule("b", {"includedNamespaces": ["shop"]}), _schedule("c", {"snapshotVolumes": false})]) == {
		_keeper("Schedule", "a", "0 3 * * *"),
		_keeper("Schedule", "b", "0 3 * * *"),
	}
	untimed := clusters.at(clusters.make("velero.io/v1", "Schedule", "a", {"template": {}}), {})
	_keepers([untimed]) == {_keeper("Schedule", "a", null)}
}

test_labels_of_a_pod_find_a_schedule if {
	pods := [{"labels": {"tier": "back"}, "annotations": {}, "volume": "data"}]
	claim := object.union(_claim, {"labels": {}, "pods": pods})
	_held_of(claim, clusters.of([_schedule("a", {"labelSelector": {"matchLabels": {"tier": "back"}}})]))
}

test_a_namespace_that_excludes_itself if {
	namespace := {
		"apiVersion": "v1",
		"kind": "Namespace",
		"metadata": {"name": "shop", "labels": {"velero.io/exclude-from-backup": "true"}},
	}
	not _held([namespace, _schedule("a", {})])
	_keepers([namespace, _schedule("a", {})]) == set()
	not _whole([namespace, _schedule("a", {})])
}

test_schedules_of_other_targets_count_if_there_are_none_here if {
	elsewhere := clusters.in_target("platform", [_schedule("a", {})])
	_held_of(_claim, elsewhere)
	not _held_of(_claim, object.union(elsewhere, clusters.of([_schedule("b", {"includedNamespaces": ["other"]})])))
}

_whole(resources) if {
	backups.whole_namespace("prod", "shop") with data.holdfast.resources as clusters.of(resources)
}

test_whole_namespace if {
	_whole([_schedule("a", {"includedNamespaces": ["shop"]})])
	_whole([_schedule("a", {})])
	not _whole([_schedule("a", {"includedNamespaces": ["other"]})])
	not _whole([_schedule("a", {"snapshotVolumes": false})])
	not _whole([_schedule("a", {"labelSelector": {"matchLabels": {"app": "db"}}})])
	not _whole([])
}

_source(spec) := clusters.make("volsync.backube/v1alpha1", "ReplicationSource", "copy", spec)

test_volsync if {
	every pvc in ["data-db-0", "data-db-12", "data-db"] {
		_keepers([_source({"sourcePVC": pvc, "trigger": {"schedule": "@daily"}})]) == {_keeper(
			"ReplicationSource",
			"copy",
			"@daily",
		)}
	}
	_held([_source({"sourcePVC": "data-db-0"})])
	_keepers([_source({"sourcePVC": "data-db-0", "trigger": null})]) == {_keeper("ReplicationSource", "copy", null)}
	standalone := object.union(object.remove(_claim, ["stem"]), {"name": "files-0"})
	_held_of(standalone, clusters.of([_source({"sourcePVC": "files-0"})]))
	every spec in [
		{"sourcePVC": "wal-db-0"},
		{"sourcePVC": "data-db-0", "paused": true},
		{"sourcePVC": "data-db-0", "trigger": {"manual": "once"}},
		{"sourcePVC": 5},
		{},
	] {
		not _held([_source(spec)])
	}
	not _held([clusters.at(_source({"sourcePVC": "data-db-0"}), {"namespace": "else"})])
}

test_k8up if {
	schedule := clusters.make("k8up.io/v1", "Schedule", "k8up", {"backup": {"schedule": "@hourly"}})
	_keepers([schedule]) == {_keeper("Schedule", "k8up", "@hourly")}
	not _held([clusters.at(schedule, {"namespace": "else"})])
	not _held([clusters.make("k8up.io/v1", "Schedule", "k8up", {"prune": {"schedule": "@hourly"}})])
	not _held([clusters.make("k8up.io/v1", "Schedule", "k8up", {"backup": {"schedule": null}})])
	not _held_of(object.union(_claim, {"annotations": {"k8up.io/backup": "false"}}), clusters.of([schedule]))
	_held_of(object.union(_claim, {"annotations": {"k8up.io/backup": "true"}}), clusters.of([schedule]))
}

_snapshots(spec) := clusters.make("snapscheduler.backube/v1", "SnapshotSchedule", "snap", object.union(
	{"schedule": "0 0 * * *"},
	spec,
))

test_snapscheduler if {
	_keepers([_snapshots({})]) == {_keeper("SnapshotSchedule", "snap", "0 0 * * *")}
	_held([_snapshots({"claimSelector": {"matchLabels": {"app": "db"}}, "disabled": false})])
	not _held([_snapshots({"claimSelector": {"matchLabels": {"app": "web"}}})])
	not _held([_snapshots({"disabled": true})])
	not _held([clusters.at(_snapshots({}), {"namespace": "else"})])
	not _held([clusters.make("snapscheduler.backube/v1", "SnapshotSchedule", "snap", null)])
}

_job_of(spec, more) := clusters.make("batch/v1", "CronJob", "dump", object.union(
	{"schedule": "0 1 * * *", "jobTemplate": {"spec": {"template": {"spec": spec}}}},
	more,
))

_job(container) := _job_of({"containers": [container]}, {})

test_dumps if {
	every container in [
		{"image": "postgres:16", "command": ["sh", "-c", "pg_dump -h db shop > /backup/shop.sql"]},
		{"image": "postgres:16", "args": ["pg_dumpall", "--host=postgres"]},
		{"image": "acme/backup:1", "env": [{"name": "PGHOST", "value": "db.shop.svc"}]},
		{"image": "restic/restic:1", "args": ["backup"], "env": [{"name": "A", "value": "http://postgres:1"}]},
	] {
		_keepers([_job(container)]) == {_keeper("CronJob", "dump", "0 1 * * *")}
	}
	mounts := {
		"containers": [{"name": "a", "image": "rclone/rclone:1"}],
		"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "persistentVolumeClaim": {"claimName": "db"}}],
	}
	_held([_job_of(mounts, {})])
}

test_each_tool if {
	every tool in [
		"pg_dump", "pg_dumpall", "pg_basebackup", "mysqldump", "mariadb-dump", "mariabackup", "xtrabackup", "mydumper", "mongodump",
		"wal-g", "pgbackrest", "barman", "restic", "kopia", "borg", "borgmatic", "rclone", "duplicity", "clickhouse-backup",
		"run-backup.sh",
	] {
		_held([_job({"command": [tool, "db"]})])
	}
}

test_what_is_no_dump_of_it if {
	every container in [
		{"image": "postgres:16", "args": ["psql", "-h", "db", "-c", "VACUUM"]},
		{"image": "postgres:16", "args": ["pg_dump", "-h", "other"]},
		{"image": "db/db:16", "args": ["pg_dump"]},
		{"image": "postgres:16", "args": ["pg_dump", "-h", "db-2"]},
		{"image": "postgres:16", "args": ["pg_dumper", "-h", "db"]},
		{"name": "db", "image": "backup"},
		{"name": "backup", "image": "postgres:16", "args": ["psql", "db"]},
		{"image": "postgres:16", "args": ["pg_dump"], "ports": [{"name": "db"}]},
		null,
	] {
		not _held([_job(container)])
	}
	dump := {"args": ["pg_dump", "db"]}
	not _held([_job_of({"containers": [dump]}, {"suspend": true})])
	_held([_job_of({"containers": [dump]}, {"suspend": false})])
	not _held([clusters.at(_job(dump), {"namespace": "else"})])
}

test_tools_that_are_not_read if {
	every kind in [
		["config.kio.kasten.io/v1", "Policy"],
		["longhorn.io/v1beta2", "RecurringJob"],
		["stork.libopenstorage.org/v1alpha1", "ApplicationBackupSchedule"],
	] {
		_held([clusters.at(clusters.make(kind[0], kind[1], "a", {}), {"namespace": "else"})])
	}
	every kind in [
		["stash.appscode.com/v1beta1", "BackupConfiguration"],
		["core.kubestash.com/v1alpha1", "BackupConfiguration"],
		["gemini.fairwinds.com/v1beta1", "SnapshotGroup"],
		["stork.libopenstorage.org/v1alpha1", "VolumeSnapshotSchedule"],
	] {
		_held([clusters.make(kind[0], kind[1], "a", {})])
		not _held([clusters.at(clusters.make(kind[0], kind[1], "a", {}), {"namespace": "else"})])
	}
	backups.unread("prod", "shop") with data.holdfast.resources as clusters.of([clusters.make("longhorn.io/v1", "RecurringJob", "a", {})])
}
