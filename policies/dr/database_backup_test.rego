package holdfast.dr.database_backup_test

import data.holdfast.dr.database_backup
import data.holdfast.lib.clusters_test as clusters

_cnpg(spec) := clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", spec)

_scheduled(spec) := clusters.make("postgresql.cnpg.io/v1", "ScheduledBackup", "nightly", object.union(
	{"schedule": "0 0 3 * * *", "cluster": {"name": "db"}},
	spec,
))

_stored := {"backup": {"barmanObjectStore": {"destinationPath": "s3://b/"}}}

_deny(resources) := found if {
	found := database_backup.deny with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
}

_finding(resource, why) := {{
	"msg": sprintf("%s %q has no backup: %s", [resource.kind, "db", why]),
	"path": ["spec"],
	"resource": clusters.identity(resource),
}}

test_cloudnativepg_without_a_store_is_found if {
	every spec in [{}, {"backup": {"retentionPolicy": "30d"}}, {"plugins": [{"name": "barman-cloud.cloudnative-pg.io", "enabled": false}]}, null] {
		_deny([_cnpg(spec), _scheduled({})]) == _finding(_cnpg({}), "neither a plugin nor spec.backup says where to store one")
	}
}

test_cloudnativepg_without_a_schedule_is_found if {
	_deny([_cnpg(_stored)]) == _finding(_cnpg({}), "no ScheduledBackup makes any")
	every backup in [
		_scheduled({"suspend": true}),
		_scheduled({"cluster": {"name": "other"}}),
		clusters.at(_scheduled({}), {"namespace": "else"}),
	] {
		count(_deny([_cnpg(_stored), backup])) == 1
	}
}

test_cloudnativepg_with_both_passes if {
	every spec in [
		_stored,
		{"backup": {"volumeSnapshot": {"className": "csi"}}},
		{"plugins": [{"name": "barman-cloud.cloudnative-pg.io", "isWALArchiver": true}]},
		{"plugins": [{"name": "a", "enabled": false}, {"name": "b", "enabled": true}]},
	] {
		_deny([_cnpg(spec), _scheduled({})]) == set()
	}
}

test_a_replica_passes if {
	_deny([_cnpg({"replica": {"enabled": true}})]) == set()
	_deny([_cnpg(object.union(_stored, {"replica": {"enabled": true}}))]) == set()
	count(_deny([_cnpg({"replica": {"enabled": false}})])) == 1
}

_other(version, kind, spec) := clusters.make(version, kind, "db", spec)

test_pgbackrest if {
	every of in [
		["postgres-operator.crunchydata.com/v1beta1", "PostgresCluster"],
		["pgv2.percona.com/v2", "PerconaPGCluster"],
	] {
		bare := _other(of[0], of[1], {"backups": {"pgbackrest": {"repos": [{"name": "repo1"}]}}})
		_deny([bare]) == _finding(bare, "no repository of backups.pgbackrest has a schedule")
		count(_deny([_other(of[0], of[1], {"backups": {"pgbackrest": {"repos": [{"schedules": {"full": null}}]}}})])) == 1
		_deny([_other(of[0], of[1], {"standby": {"enabled": true}})]) == set()
		_deny([_other(of[0], of[1], {"backups": {"pgbackrest": {"repos": [
			{"name": "repo1"},
			{"schedules": {"full": "0 1 * * 0"}},
		]}}})]) == set()
	}
}

test_percona_mongodb if {
	of := {"backup": {"enabled": true, "tasks": [{"enabled": false}, {"enabled": true}]}}
	_mongodb := _other("psmdb.percona.com/v1", "PerconaServerMongoDB", of)
	_deny([_mongodb]) == set()
	every backup in [{"enabled": false}, {"tasks": [{"enabled": false}]}, {"tasks": null}] {
		_deny([clusters.with_spec(_mongodb, {"backup": backup})]) == _finding(_mongodb, "backup.tasks has no enabled task")
	}
}

test_percona_mysql if {
	every of in [["pxc.percona.com/v1", "PerconaXtraDBCluster"], ["ps.percona.com/v1", "PerconaServerMySQL"]] {
		_deny([_other(of[0], of[1], {"backup": {"schedule": [{"name": "nightly"}]}})]) == set()
		every spec in [{}, {"backup": {"schedule": []}}, {"backup": {"schedule": null}}, null] {
			_deny([_other(of[0], of[1], spec)]) == _finding(_other(of[0], of[1], {}), "backup.schedule is empty")
		}
	}
}

test_mariadb if {
	database := _other("k8s.mariadb.com/v1alpha1", "MariaDB", {})
	every kind in ["Backup", "PhysicalBackup"] {
		backup := clusters.make("k8s.mariadb.com/v1alpha1", kind, "nightly", {
			"mariaDbRef": {"name": "db"},
			"schedule": {"cron": "0 3 * * *"},
		})
		_deny([database, backup]) == set()
		every spec in [{"schedule": {"suspend": true}}, {"schedule": {"cron": null}}, {"mariaDbRef": {"name": "x"}}] {
			_deny([database, clusters.with_spec(backup, spec)]) == _finding(database, "no Backup with a schedule refers to it")
		}
		count(_deny([database, clusters.at(backup, {"namespace": "else"})])) == 1
		count(_deny([database, object.union(backup, {"kind": "SqlJob"})])) == 1
	}
}

test_innodb if {
	database := _other("mysql.oracle.com/v2", "InnoDBCluster", {"backupSchedules": [{"enabled": false}, {"name": "nightly"}]})
	_deny([database]) == set()
	_deny([clusters.with_spec(database, {"backupSchedules": [{"enabled": false}]})]) == _finding(
		database,
		"backupSchedules has no enabled one",
	)
}

test_other_ways_pass if {
	schedule := clusters.make("velero.io/v1", "Schedule", "nightly", {"template": {}})
	_deny([_cnpg({}), schedule]) == set()
	count(_deny([_cnpg({}), clusters.with_spec(schedule, {"template": {"includedNamespaces": ["x"]}})])) == 1
	_deny([_cnpg({}), clusters.make("config.kio.kasten.io/v1", "Policy", "a", {})]) == set()
	_deny([clusters.annotated(_cnpg({}), {"holdfast.dev/backup": "test data"})]) == set()
	count(_deny([clusters.annotated(_cnpg({}), {"holdfast.dev/backup": ""})])) == 1
}

good_example := `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: db
spec:
  instances: 3
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters: {barmanObjectName: db}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata:
  name: db-nightly
spec:
  schedule: "0 0 3 * * *"
  method: plugin
  cluster: {name: db}
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
`

bad_example := `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: db
spec:
  instances: 3
`
