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

# Each label of each workload, and each workload by its namespace alone. In the
# sorted list those of one place are neighbours, which makes it an index whose
# making is linear: sets that grow inside an object are copied at each step.
_entries := sort(array.concat(
	[[[key[0], label, value], key] |
		some key, workload in workloads
		some label, value in _labels(workload)
	],
	[[[key[0]], key] | some key, _ in workloads],
))

_starts := {entry[0]: i |
	some i, entry in _entries
	not _entries[i - 1][0] == entry[0]
}

_ends := {entry[0]: end |
	some i, entry in _entries
	not _entries[i + 1][0] == entry[0]
	end := i + 1
}

# The keys of the workloads at that of the selector's places that has fewest.
_candidates(namespace, selector) := [entry[1] | some entry in array.slice(_entries, smallest[1], smallest[2])] if {
	smallest := min({_span(place) | some place in _places(namespace, selector)})
}

_places(namespace, selector) := labels | {[namespace]} if {
	labels := {[namespace, label, value] | some label, value in selector.matchLabels}
}

# How many workloads a place has, and where they are among the entries.
_span(place) := [_ends[place] - _starts[place], _starts[place], _ends[place]] if {
	_ := _starts[place]
} else := [0, 0, 0]
