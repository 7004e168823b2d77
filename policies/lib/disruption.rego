# METADATA
# title: Disruption budgets
# description: |
#   Which PodDisruptionBudgets of a target select the pods of which workloads.
#   Workloads are indexed by their pods' labels, so that the cost grows with
#   the number of budgets and workloads, not with their product.
package holdfast.lib.disruption

import data.holdfast.lib.selectors

_resources := data.holdfast.resources[input.target.name]

# workloads has the Deployments and StatefulSets of the target by [namespace,
# kind, name].
workloads := {[namespace, kind, name]: workload |
	some kind in ["Deployment", "StatefulSet"]
	some namespace, by_name in _resources[concat("/", ["apps", kind])]
	some name, workload in by_name
}

# selections has, for each budget of the target, the budget and the keys of the
# workloads whose pods it selects.
selections contains {"budget": budget, "keys": keys} if {
	some namespace, by_name in _resources["policy/PodDisruptionBudget"]
	some budget in by_name
	keys := {key |
		some key in _candidates(namespace, budget.spec.selector)
		selectors.matches(budget.spec.selector, _labels(workloads[key]))
	}
}

# selected are the keys of the workloads that some budget selects.
selected := {key | some selection in selections; some key in selection.keys}

_labels(workload) := workload.spec.template.metadata.labels if {
	is_object(workload.spec.template.metadata.labels)
} else := {}

_by_label := object.union_n([entry |
	some key, workload in workloads
	some label, value in _labels(workload)
	entry := {key[0]: {label: {value: {key: true}}}}
])

_by_namespace := object.union_n([{key[0]: {key: true}} | some key, _ in workloads])

# Of the labels that the selector asks for, the one that fewest workloads have.
_candidates(namespace, selector) := smallest if {
	count(selector.matchLabels) > 0
	sets := [keys |
		some label, value in selector.matchLabels
		keys := object.keys(object.get(_by_label, [namespace, label, value], {}))
	]
	least := min([count(keys) | some keys in sets])
	smallest := [keys | some keys in sets; count(keys) == least][0]
} else := object.keys(object.get(_by_namespace, namespace, {}))
