# METADATA
# title: What all workloads ask for
# description: |
#   The workloads of all targets with the pods that each asks for, for rules that
#   add them up. What another workload owns, a ReplicaSet of a Deployment for one,
#   is counted with its owner. Each is looked at once.
package holdfast.lib.demand

import data.holdfast.lib.autoscaling
import data.holdfast.lib.defaults
import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests

kinds := [
	"apps/DaemonSet",
	"apps/Deployment",
	"apps/ReplicaSet",
	"apps/StatefulSet",
	"batch/CronJob",
	"batch/Job",
	"core/Pod",
	"core/ReplicationController",
]

# workloads has, for each, its place, its pod's spec, the namespace's defaults,
# and how many pods it runs: "now", as it is written, and at its "peak", when its
# autoscaler has scaled it out and it is rolled out. A DaemonSet has neither.
workloads := [row |
	some target, by_kind in data.holdfast.resources
	some group_kind in kinds
	some namespace, by_name in by_kind[group_kind]
	given := defaults.of_namespace(target, namespace)
	some workload in by_name
	not owned(workload)
	row := object.union(
		{
			"target": target,
			"namespace": namespace,
			"workload": workload,
			"spec": pods.spec(workload),
			"defaults": given,
		},
		_counts(target, namespace, workload),
	)
]

# owned is true for what another workload controls.
owned(workload) if {
	some owner in workload.metadata.ownerReferences
	owner.controller == true
}

_counts(target, namespace, workload) := {"now": now, "peak": most + requests.surge(workload, most)} if {
	written := requests.replicas(workload)
	bounds := object.get(
		autoscaling.bounds_anywhere,
		[[target, namespace, workload.kind, workload.metadata.name]],
		[written, written],
	)
	now := _within(written, bounds)
	most := max([now, _unless_off(now, bounds[1])])
} else := {}

# An autoscaler leaves what is set to 0 alone.
_within(0, _) := 0

_within(written, bounds) := min([max([written, bounds[0]]), bounds[1]]) if written != 0

_unless_off(0, _) := 0

_unless_off(now, most) := most if now != 0

# by_place has the workloads of each [target, namespace], by_target those of each
# target.
by_place := {place: [workloads[i] | some i in rows] |
	some place, rows in groups.by_first([[[row.target, row.namespace], i] | some i, row in workloads])
}

by_target := {target: [workloads[i] | some i in rows] |
	some target, rows in groups.by_first([[row.target, i] | some i, row in workloads])
}

# of_each is what one pod of the workload requests, or is limited to.
# Most pods have containers alone, which takes half the time.
of_each(row, part, resource) := sum([amount |
	some container in row.spec.containers
	amount := requests.container(container, part, resource, row.defaults)
]) if {
	not row.spec.initContainers
	not row.spec.resources
	not row.spec.overhead
} else := requests.amount(row.spec, part, resource, row.defaults)

# total is what the workloads' pods have together, at a time: "now" or "peak".
total(rows, time, part, resource) := sum([all_pods |
	some row in rows
	all_pods := of_each(row, part, resource) * row[time]
])

# pods_of is how many pods the workloads have together, in thousandths.
pods_of(rows, time) := 1000 * sum([row[time] | some row in rows])

# team is whose a resource is: by its label, that of its pods, or that of its
# namespace.
team(target, namespace, resource) := name if {
	name := resource.metadata.labels[data.holdfast.params.team_label]
} else := name if {
	name := template_labels(resource)[data.holdfast.params.team_label]
} else := data.holdfast.resources[target]["core/Namespace"][""][namespace].metadata.labels[data.holdfast.params.team_label]

# template_labels are those of the pods that a workload makes.
template_labels(resource) := labels if {
	labels := resource.spec.template.metadata.labels
} else := resource.spec.jobTemplate.spec.template.metadata.labels

# largest are the workloads that ask for most of "cpu", "memory" or "pods" at a
# time, three at most, the largest first, each as {"row", "amount"}.
largest(rows, time, resource) := [{"row": rows[key[1][4]], "amount": 0 - key[0]} |
	keys := sort([[0 - (_each(row, resource) * row[time]), _key(row, i)] | some i, row in rows])
	some key in array.slice(keys, 0, 3)
]

_each(_, "pods") := 1000

_each(row, resource) := of_each(row, "requests", resource) if resource != "pods"

_key(row, i) := [row.target, row.namespace, row.workload.kind, row.workload.metadata.name, i]

# title names a workload and its namespace.
title(row) := sprintf("%s in %s", [names.title(row.workload), row.namespace]) if {
	row.namespace != ""
} else := names.title(row.workload)

# phrase names the largest with what they ask for.
phrase(found, resource) := concat(", ", [sprintf("%s (%s)", [title(one.row), quantities.format(resource, one.amount)]) | some one in found])
