# METADATA
# title: PodDisruptionBudgets that forbid eviction while there is little load
# description: |
#   A HorizontalPodAutoscaler may bring a workload down to its minReplicas. If
#   the budget's minAvailable asks for as many, no pod can be evicted for as long
#   as it stays there, and a drain at night hangs. Where even maxReplicas are not
#   enough, dr/pdb-blocks-eviction says so.
# custom:
#   id: dr/pdb-blocks-at-minimum
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Set spec.maxUnavailable to 1 in place of minAvailable, or raise the autoscaler's minReplicas.
#   scope: target
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_blocks_at_minimum

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": ["spec", "minAvailable"], "resource": names.identity(input.target.name, budget)} if {
	some selection in disruption.selections
	budget := selection.budget
	selection.others == set()
	autoscalers := [_scaled[key][0].title | some key in selection.keys]
	bounds := [_bounds(key) | some key in selection.keys]
	least := sum([bound.least | some bound in bounds])
	least > 0
	needed := disruption.scaled(budget.spec.minAvailable, least)
	needed >= least
	object.get(budget.spec, "maxUnavailable", null) == null
	most := sum([bound.most | some bound in bounds])
	disruption.scaled(budget.spec.minAvailable, most) < most
	msg := sprintf("%s forbids every eviction while %s runs the least: minAvailable %v needs %d of its pods, and there are %d", [
		names.title(budget),
		autoscalers[0],
		budget.spec.minAvailable,
		needed,
		least,
	])
}

# Of several autoscalers of one workload, which Kubernetes does not support, the
# first counts.
_scaled := groups.distinct_by_first([[scaled.key, bounds] |
	some scaled in autoscaling.targets
	bounds := {"least": scaled.least, "most": scaled.most, "title": names.title(scaled.autoscaler)}
])

_bounds(key) := bounds if {
	bounds := _scaled[key][0]
} else := {"least": replicas, "most": replicas} if {
	replicas := requests.replicas(disruption.workloads[key])
}
