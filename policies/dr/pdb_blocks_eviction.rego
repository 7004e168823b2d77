# METADATA
# title: PodDisruptionBudgets that forbid every eviction
# description: |
#   A budget with maxUnavailable 0 or 0%, or with minAvailable 100% or at least
#   as many as there are replicas, never lets a pod be evicted: draining its
#   node hangs until someone deletes it, in an upgrade or in an emergency. The
#   replicas are those of the Deployments and StatefulSets that the budget
#   selects, together, each at the most that its HorizontalPodAutoscaler allows.
#   Percentages are rounded up, as the disruption controller does.
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

deny contains {"msg": msg, "path": ["spec", field], "resource": names.identity(input.target.name, budget)} if {
	some selection in disruption.selections
	budget := selection.budget
	some field, why in _blocks(budget.spec, _expected(selection.keys))
	msg := sprintf("%s forbids every eviction: %s", [names.title(budget), why])
}

_expected(keys) := sum([replicas |
	some key in keys
	replicas := autoscaling.most_replicas(key, requests.replicas(disruption.workloads[key]))
])

_blocks(spec, _) := {"maxUnavailable": sprintf("maxUnavailable is %v", [spec.maxUnavailable])} if {
	spec.maxUnavailable in {0, "0%"}
}

_blocks(spec, _) := {"minAvailable": "minAvailable is 100%"} if {
	spec.minAvailable == "100%"
}

_blocks(spec, expected) := {"minAvailable": why} if {
	spec.minAvailable != "100%"
	expected > 0
	least := _scale(spec.minAvailable, expected)
	least >= expected
	why := sprintf("minAvailable %v needs %d of its pods, and there are %d", [spec.minAvailable, least, expected])
}

_scale(value, _) := value if is_number(value)

_scale(value, expected) := ceil((to_number(trim_suffix(value, "%")) * expected) / 100) if {
	is_string(value)
	regex.match(`^[0-9]{1,3}%$`, value)
}
