# METADATA
# title: Requests within the team's budget
# description: |
#   What the workloads of a team request, over all namespaces and targets, must fit
#   the parameter team_budgets: {checkout: {cpu: 20, memory: 64Gi}}; a team without
#   a budget is not judged. Whose a workload is says the label that the parameter
#   team_label names, on the workload, its pods or its Namespace. Pods are counted
#   as in allocation/namespace-requests-budget. FinOps Framework, "Allocation".
# custom:
#   id: allocation/team-budget
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Lower resources.requests or spec.replicas of the largest workloads, or agree on a larger budget.
#   scope: snapshot
#   params:
#     team_label: team
#     team_budgets: {}
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.team_budget

import data.holdfast.lib.demand
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.quantities

deny contains {
	"msg": msg,
	"path": ["spec"],
	"resource": names.identity(first.target, first.workload),
} if {
	some team, rows in _by_team
	excesses := [excess |
		some resource, title in _titles
		budget := quantities.milli(data.holdfast.params.team_budgets[team][resource])
		requested := demand.total(rows, "now", "requests", resource)
		requested > budget
		excess := {"resource": resource, "phrase": sprintf("%s %s of %s", [
			title,
			quantities.format(resource, requested),
			quantities.format(resource, budget),
		])}
	]
	largest := demand.largest(rows, "now", excesses[0].resource)
	first := largest[0].row
	msg := sprintf("team %q requests more than its budget: %s; the largest are %s", [
		team,
		concat(", ", [excess.phrase | some excess in excesses]),
		demand.phrase(largest, excesses[0].resource),
	])
}

_titles := {"cpu": "CPU", "memory": "memory"}

# The workloads of each team that has a budget.
_by_team := {team: [demand.workloads[i] | some i in rows] |
	count(data.holdfast.params.team_budgets) > 0
	some team, rows in groups.by_first([[team, i] |
		some i, row in demand.workloads
		team := demand.team(row.target, row.namespace, row.workload)
	])
}
