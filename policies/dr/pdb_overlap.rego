# METADATA
# title: Overlapping PodDisruptionBudgets
# description: |
#   Where two budgets select the same pod, the eviction API answers with an
#   error for it and evicts it in no case: draining its node hangs until someone
#   deletes the pod (kubernetes.io, "Specifying a Disruption Budget for your
#   Application", arbitrary workloads and arbitrary selectors). Looked at are
#   Deployments and StatefulSets that are not scaled to 0.
# custom:
#   id: dr/pdb-overlap
#   category: dr
#   severity: high
#   profile: starter
#   remediation: Narrow the selectors until each pod is selected by one PodDisruptionBudget at most.
#   scope: target
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_overlap

import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests

_budgets := data.holdfast.resources[input.target.name]["policy/PodDisruptionBudget"]

deny contains {"msg": msg, "path": ["spec", "selector"], "resource": names.identity(input.target.name, last)} if {
	some key, covering in disruption.covering
	count(covering) > 1
	workload := disruption.workloads[key]
	requests.replicas(workload) != 0
	last := _budgets[key[0]][covering[count(covering) - 1]]
	msg := sprintf("the pods of %s are selected by %d PodDisruptionBudgets (%s), and so cannot be evicted", [
		names.title(workload),
		count(covering),
		concat(", ", covering),
	])
}
