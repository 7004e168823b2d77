# METADATA
# title: StatefulSets without a backup
# description: |
#   The data of each volume claim of a StatefulSet must be in some backup. Read
#   are Velero's Schedules that are not paused, by namespace, resource type, label
#   selector and the way in which volumes are saved: those of the StatefulSet's
#   own target or, if it has none, of all targets, since Velero is often installed
#   from another (velero.io, "Schedule API Type"); VolSync's ReplicationSources,
#   K8up's Schedules and SnapshotSchedules of SnapScheduler; and CronJobs that run
#   a tool for dumps or backups and name the StatefulSet or its service. Where
#   Kasten, Longhorn, Stash and the like are at work nothing is asked. The
#   annotation holdfast.dev/backup on the StatefulSet, which says by what else it
#   is backed up, excuses it.
# custom:
#   id: dr/statefulset-backup
#   category: dr
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Add a velero.io/v1 Schedule whose spec.template.includedNamespaces and labelSelector take in
#     the StatefulSet's claims, or say how they are backed up in the annotation holdfast.dev/backup.
#   scope: snapshot
#   kinds: [apps/StatefulSet]
package holdfast.dr.statefulset_backup

import data.holdfast.lib.backups
import data.holdfast.lib.data_claims
import data.holdfast.lib.names

deny contains {"msg": msg, "path": path, "resource": names.identity(target, stateful_set)} if {
	some target, kinds in data.holdfast.resources
	some namespace, stateful_sets in kinds["apps/StatefulSet"]
	some stateful_set in stateful_sets
	some i, template in stateful_set.spec.volumeClaimTemplates
	not backups.held(target, data_claims.of_template(namespace, stateful_set, template))
	not names.reason(stateful_set, "holdfast.dev/backup")
	msg := sprintf("no backup holds the data of volume claim %q of %s", [
		template.metadata.name,
		names.title(stateful_set),
	])
	path := ["spec", "volumeClaimTemplates", i]
}
