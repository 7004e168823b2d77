# METADATA
# title: Labels to account for cost
# description: |
#   Workloads and claims must have the labels that the parameter cost_labels lists,
#   such as [team, cost-center], on themselves, their pods or their Namespace, or
#   what they cost can be laid to nobody. By default none are asked for. FinOps
#   Framework, "Allocation"; Kubernetes, "Recommended Labels".
# custom:
#   id: allocation/cost-labels
#   category: allocation
#   severity: low
#   profile: starter
#   remediation: Add the labels to metadata.labels of the resource, or of its Namespace.
#   scope: resource
#   params:
#     cost_labels: []
#   kinds:
#     - core/Pod
#     - core/PersistentVolumeClaim
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.cost_labels

import data.holdfast.lib.demand
import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["metadata"]} if {
	not demand.owned(input.resource)
	missing := [label |
		some label in data.holdfast.params.cost_labels
		not _labelled(label)
	]
	count(missing) > 0
	msg := sprintf("%s has no label %s", [names.title(input.resource), concat(" and no label ", missing)])
}

_labelled(label) if _says(input.resource.metadata.labels[label])

_labelled(label) if _says(demand.template_labels(input.resource)[label])

_labelled(label) if {
	namespace := names.namespace(input.resource)
	labels := data.holdfast.resources[input.target.name]["core/Namespace"][""][namespace].metadata.labels
	_says(labels[label])
}

_says(value) if {
	is_string(value)
	trim_space(value) != ""
}
