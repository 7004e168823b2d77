# METADATA
# title: PodDisruptionBudgets that allow everything
# description: |
#   A budget with minAvailable 0 or 0%, or with maxUnavailable 100% or as many as
#   there are replicas, lets all pods be evicted at once, and so is no budget.
#   maxUnavailable is compared with the replicas of the Deployments and
#   StatefulSets that it selects, together, each at the most that its
#   HorizontalPodAutoscaler allows, if they are two or more. The disruption
#   controller rounds percentages up: 51% of 2 pods are both.
# custom:
#   id: dr/pdb-protects-nothing
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Set spec.maxUnavailable to 1, or spec.minAvailable to what the service needs to run.
#   scope: target
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_protects_nothing

import data.holdfast.lib.autoscaling
import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": ["spec", hole.field], "resource": names.identity(input.target.name, budget)} if {
	some selection in disruption.selections
	budget := selection.budget
	hole := _hole(budget.spec, selection)
	msg := sprintf("%s lets all pods be evicted at once: %s", [names.title(budget), hole.why])
}

_hole(spec, selection) := {"field": "maxUnavailable", "why": "maxUnavailable is 100%"} if {
	spec.maxUnavailable == "100%"
} else := {"field": "minAvailable", "why": why} if {
	spec.minAvailable in {0, "0%"}
	object.get(spec, "maxUnavailable", null) == null
	why := sprintf("minAvailable is %v", [spec.minAvailable])
} else := {"field": "maxUnavailable", "why": why} if {
	expected := _expected(selection)
	expected > 1
	most := disruption.scaled(spec.maxUnavailable, expected)
	most >= expected
	why := sprintf("maxUnavailable %v is %d pods, and there are %d", [spec.maxUnavailable, most, expected])
}

_expected(selection) := sum([replicas |
	some key in selection.keys
	replicas := autoscaling.most_replicas(key, requests.replicas(disruption.workloads[key]))
]) if {
	selection.others == set()
}
