# METADATA
# title: PodDisruptionBudgets that forbid every eviction
# description: |
#   A budget with maxUnavailable 0 or 0%, or with minAvailable 100% or at least
#   as many as there are replicas, never lets a pod be evicted: draining its
#   node hangs until someone deletes it, in an upgrade or in an emergency. The
#   replicas are those of the Deployments and StatefulSets that the budget
#   selects, together, each at the most that its HorizontalPodAutoscaler allows.
#   Percentages are rounded up, as the disruption controller does. A budget that
#   has neither field expects no pods, for which the controller allows nothing
#   either (kubernetes.io, "Specifying a Disruption Budget for your Application").
# custom:
#   id: dr/pdb-blocks-eviction
#   category: dr
#   severity: high
#   profile: starter
#   remediation: Set spec.maxUnavailable to 1 or more in place of minAvailable, or run more replicas.
#   scope: target
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_blocks_eviction

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests

deny contains {"msg": msg, "path": block.path, "resource": names.identity(input.target.name, budget)} if {
	some selection in disruption.selections
	budget := selection.budget
	block := _block(budget.spec, _expected(selection))
	msg := sprintf("%s forbids every eviction: %s", [names.title(budget), block.why])
}

# How many pods are meant to run, or 0 where some are of a kind that does not
# say so.
_expected(selection) := 0 if {
	count(selection.others) > 0
} else := sum([replicas |
	some key in selection.keys
	replicas := autoscaling.most_replicas(key, requests.replicas(disruption.workloads[key]))
])

# The controller looks at maxUnavailable first.
_block(spec, expected) := {"path": ["spec", "maxUnavailable"], "why": why} if {
	spec.maxUnavailable in {0, "0%"}
	why := sprintf("maxUnavailable is %v", [spec.maxUnavailable])
} else := {"path": ["spec", "minAvailable"], "why": "minAvailable is 100%"} if {
	spec.minAvailable == "100%"
} else := {"path": ["spec", "minAvailable"], "why": why} if {
	expected > 0
	least := disruption.scaled(spec.minAvailable, expected)
	least >= expected
	why := sprintf("minAvailable %v needs %d of its pods, and there are %d", [spec.minAvailable, least, expected])
} else := {"path": ["spec"], "why": "it has neither minAvailable nor maxUnavailable"} if {
	object.get(spec, "minAvailable", null) == null
	object.get(spec, "maxUnavailable", null) == null
}
