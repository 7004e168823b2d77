# METADATA
# title: Missing PodDisruptionBudgets
# description: |
#   Without a PodDisruptionBudget, draining several nodes at once may evict all
#   pods of a workload together. Asked of Deployments and StatefulSets with two
#   replicas or more, whose pods no budget of the target selects.
# custom:
#   id: dr/pdb-missing
#   category: dr
#   severity: low
#   profile: recommended
#   remediation: Add a PodDisruptionBudget with maxUnavailable 1 whose selector matches the pods' labels.
#   scope: target
#   kinds: [apps/Deployment, apps/StatefulSet]
package holdfast.dr.pdb_missing

import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": ["spec"], "resource": names.identity(input.target.name, workload)} if {
	some key, workload in disruption.workloads
	replicas := requests.replicas(workload)
	replicas > 1
	not key in disruption.selected
	msg := sprintf("%s runs %d replicas, but no PodDisruptionBudget selects them", [names.title(workload), replicas])
}
