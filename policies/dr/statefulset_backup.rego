# METADATA
# title: StatefulSets without a backup
# description: |
#   The data of each volume claim of a StatefulSet must be in the backups of a
#   Velero Schedule that is not paused: by namespace, resource type, label
#   selector and the way in which volumes are saved. The Schedules of the
#   StatefulSet's own target count; if it has none, those of all targets, since
#   Velero is often installed from another. The annotation holdfast.dev/backup
#   on the StatefulSet, which says by what else it is backed up, excuses it.
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

import data.holdfast.lib.names
import data.holdfast.lib.velero

deny contains {"msg": msg, "path": path, "resource": names.identity(target, stateful_set)} if {
	some target, kinds in data.holdfast.resources
	some namespace, stateful_sets in kinds["apps/StatefulSet"]
	some stateful_set in stateful_sets
	not _excused(stateful_set)
	some i, template in stateful_set.spec.volumeClaimTemplates
	not _backed_up(target, namespace, stateful_set, template)
	msg := sprintf("no Velero Schedule backs up the data of volume claim %q of %s", [
		template.metadata.name,
		names.title(stateful_set),
	])
	path := ["spec", "volumeClaimTemplates", i]
}

_excused(stateful_set) if names.reason(stateful_set, "holdfast.dev/backup")

_backed_up(target, namespace, stateful_set, template) if {
	not _namespace_excluded(target, namespace)
	some schedule in _schedules(target)
	velero.backs_up(schedule, namespace, stateful_set, template)
}

_namespace_excluded(target, namespace) if {
	labels := data.holdfast.resources[target]["core/Namespace"][""][namespace].metadata.labels
	velero.excluded(labels)
}

_schedules(target) := _by_target[target] if {
	_ := _by_target[target]
} else := _all

_all := {schedule | some schedules in _by_target; some schedule in schedules}

_by_target := {target: schedules |
	some target, kinds in data.holdfast.resources
	schedules := {schedule |
		some by_name in kinds["velero.io/Schedule"]
		some schedule in by_name
	}
	count(schedules) > 0
}
