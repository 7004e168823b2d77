# METADATA
# title: Databases of operators without a backup
# description: |
#   A database that an operator runs has its backups declared in its own
#   resources. Read are
#   - CloudNativePG's Cluster: a plugin, backup.barmanObjectStore or
#     backup.volumeSnapshot, and a ScheduledBackup of it that is not suspended, as
#     archived WAL is of no use without a base backup;
#   - Crunchy's PostgresCluster and Percona's PerconaPGCluster: schedules of a
#     repository under backups.pgbackrest.repos;
#   - Percona's PerconaServerMongoDB (an enabled task of backup.tasks),
#     PerconaXtraDBCluster and PerconaServerMySQL (backup.schedule);
#   - MariaDB: a Backup or PhysicalBackup with a schedule that refers to it;
#   - Oracle's InnoDBCluster: an enabled one of backupSchedules.
#   A replica cluster passes, as does one in a namespace of which Velero saves all
#   volumes, or where other tools for backups are at work. The annotation
#   holdfast.dev/backup excuses it.
# custom:
#   id: dr/database-backup
#   category: dr
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Declare a backup and its schedule in the database's resource (for CloudNativePG: a plugin and a
#     ScheduledBackup), or say in the annotation holdfast.dev/backup how it is backed up.
#   scope: snapshot
#   kinds:
#     - postgresql.cnpg.io/Cluster
#     - postgres-operator.crunchydata.com/PostgresCluster
#     - pgv2.percona.com/PerconaPGCluster
#     - psmdb.percona.com/PerconaServerMongoDB
#     - pxc.percona.com/PerconaXtraDBCluster
#     - ps.percona.com/PerconaServerMySQL
#     - k8s.mariadb.com/MariaDB
#     - mysql.oracle.com/InnoDBCluster
package holdfast.dr.database_backup

import data.holdfast.lib.backups
import data.holdfast.lib.names

_kinds := [
	"postgresql.cnpg.io/Cluster",
	"postgres-operator.crunchydata.com/PostgresCluster",
	"pgv2.percona.com/PerconaPGCluster",
	"psmdb.percona.com/PerconaServerMongoDB",
	"pxc.percona.com/PerconaXtraDBCluster",
	"ps.percona.com/PerconaServerMySQL",
	"k8s.mariadb.com/MariaDB",
	"mysql.oracle.com/InnoDBCluster",
]

deny contains {"msg": msg, "path": ["spec"], "resource": names.identity(target, database)} if {
	some target, kinds in data.holdfast.resources
	some kind in _kinds
	some namespace, by_name in kinds[kind]
	some name, database in by_name
	why := _why(kind, [target, namespace, name], database)
	not names.reason(database, "holdfast.dev/backup")
	not backups.whole_namespace(target, namespace)
	not backups.unread(target, namespace)
	msg := sprintf("%s has no backup: %s", [names.title(database), why])
}

_why("postgresql.cnpg.io/Cluster", _, cluster) := "neither a plugin nor spec.backup says where to store one" if {
	not _replica(cluster)
	not _stores(cluster)
}

_why("postgresql.cnpg.io/Cluster", key, cluster) := "no ScheduledBackup makes any" if {
	not _replica(cluster)
	_stores(cluster)
	not key in _scheduled
}

_why(kind, _, cluster) := "no repository of backups.pgbackrest has a schedule" if {
	kind in {"postgres-operator.crunchydata.com/PostgresCluster", "pgv2.percona.com/PerconaPGCluster"}
	not cluster.spec.standby.enabled == true
	not _has_pgbackrest_schedule(cluster)
}

_why("psmdb.percona.com/PerconaServerMongoDB", _, cluster) := "backup.tasks has no enabled task" if {
	not _has_task(cluster)
}

_why(kind, _, cluster) := "backup.schedule is empty" if {
	kind in {"pxc.percona.com/PerconaXtraDBCluster", "ps.percona.com/PerconaServerMySQL"}
	not is_object(object.get(cluster, ["spec", "backup", "schedule", 0], null))
}

_why("k8s.mariadb.com/MariaDB", key, _) := "no Backup with a schedule refers to it" if not key in _of_mariadb

_why("mysql.oracle.com/InnoDBCluster", _, cluster) := "backupSchedules has no enabled one" if {
	not _has_backup_schedule(cluster)
}

_replica(cluster) if cluster.spec.replica.enabled == true

_stores(cluster) if is_object(cluster.spec.backup.barmanObjectStore)

_stores(cluster) if is_object(cluster.spec.backup.volumeSnapshot)

_stores(cluster) if {
	some plugin in cluster.spec.plugins
	not plugin.enabled == false
}

_has_pgbackrest_schedule(cluster) if {
	some repo in cluster.spec.backups.pgbackrest.repos
	some cron in repo.schedules
	is_string(cron)
}

_has_task(cluster) if {
	cluster.spec.backup.enabled == true
	some task in cluster.spec.backup.tasks
	task.enabled == true
}

_has_backup_schedule(cluster) if {
	some schedule in cluster.spec.backupSchedules
	not schedule.enabled == false
}

# CloudNativePG's Clusters that a ScheduledBackup names.
_scheduled := {[target, namespace, backup.spec.cluster.name] |
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["postgresql.cnpg.io/ScheduledBackup"]
	some backup in by_name
	not backup.spec.suspend == true
}

# MariaDBs that a backup names.
_of_mariadb := {[target, namespace, backup.spec.mariaDbRef.name] |
	some target, kinds in data.holdfast.resources
	some kind in ["k8s.mariadb.com/Backup", "k8s.mariadb.com/PhysicalBackup"]
	some namespace, by_name in kinds[kind]
	some backup in by_name
	is_string(backup.spec.schedule.cron)
	not backup.spec.schedule.suspend == true
}
