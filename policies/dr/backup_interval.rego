# METADATA
# title: Backups too seldom for their objective
# description: |
#   Where a recovery point objective is declared, the longest time between two
#   backups of a volume claim must not be over it: what was written since the
#   last one is what a loss costs (NIST SP 800-34, recovery point objective). It
#   is declared by the annotation or label holdfast.dev/rpo ("4h") of the
#   StatefulSet or PersistentVolumeClaim, else of its Namespace, else by the
#   parameter dr_objectives: {default: {rpo: 24h}, namespaces: {shop: {rpo: 4h}}}.
#   Of the backups that dr/statefulset-backup knows the most frequent counts;
#   where the schedule of one cannot be read, nothing is said.
# custom:
#   id: dr/backup-interval
#   category: dr
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cp-9]
#   remediation: Let the backup's spec.schedule run at least as often as the objective asks.
#   scope: snapshot
#   kinds: [apps/StatefulSet, core/PersistentVolumeClaim]
#   params:
#     dr_objectives: {}
package holdfast.dr.backup_interval

import data.holdfast.lib.backups
import data.holdfast.lib.data_claims
import data.holdfast.lib.durations
import data.holdfast.lib.names
import data.holdfast.lib.objectives

deny contains {"msg": msg, "path": path, "resource": names.identity(target, stateful_set)} if {
	some target, kinds in data.holdfast.resources
	some namespace, stateful_sets in kinds["apps/StatefulSet"]
	some stateful_set in stateful_sets
	objective := objectives.rpo(target, namespace, stateful_set)
	some i, template in stateful_set.spec.volumeClaimTemplates
	most := _most_frequent(target, data_claims.of_template(namespace, stateful_set, template))
	most.gap > objective.minutes
	what := sprintf("volume claim %q of %s", [template.metadata.name, names.title(stateful_set)])
	msg := _msg(what, most, objective)
	path := ["spec", "volumeClaimTemplates", i]
}

deny contains {"msg": msg, "path": ["spec"], "resource": names.identity(target, claim)} if {
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["core/PersistentVolumeClaim"]
	some name, claim in by_name
	objective := objectives.rpo(target, namespace, claim)
	most := _most_frequent(target, data_claims.of_resource(target, namespace, name, claim))
	most.gap > objective.minutes
	msg := _msg(names.title(claim), most, objective)
}

_msg(what, most, objective) := sprintf("the data of %s are backed up every %s (%s), but no more than %s may be lost (%s)", [
	what,
	durations.format(most.gap),
	most.title,
	durations.format(objective.minutes),
	objective.from,
])

# The backup that runs most often, if the schedules of all are known.
_most_frequent(target, claim) := min(known) if {
	not backups.unread(target, claim.namespace)
	keepers := backups.keepers(target, claim)
	known := {{"gap": durations.interval(keeper.schedule), "title": keeper.title} | some keeper in keepers}
	count(known) == count(keepers)
}
