# METADATA
# title: Disruption budgets
# description: |
#   Which PodDisruptionBudgets of a target select the pods of which workloads.
#   Workloads are indexed by their pods' labels, so that the cost grows with
#   the number of budgets and workloads, not with their product.
package holdfast.lib.disruption

import data.holdfast.lib.groups
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
# workloads whose pods it selects. Those of other kinds than workloads are others.
selections contains {"budget": budget, "keys": keys & _replicated, "others": keys - _replicated} if {
	some namespace, by_name in _resources["policy/PodDisruptionBudget"]
	some budget in by_name
	keys := {key |
		some key in _candidates(namespace, budget.spec.selector)
		selectors.matches(budget.spec.selector, _labels[key])
	}
}

_replicated := object.keys(workloads)

# selected are the keys of the workloads that some budget selects.
selected := {key | some selection in selections; some key in selection.keys}

# covering has the names of the budgets that select a workload's pods, by its key.
covering := groups.distinct_by_first([[key, selection.budget.metadata.name] |
	some selection in selections
	some key in selection.keys
])

# scaled is what a count or percentage of a budget comes to, of so many pods. The
# disruption controller rounds both minAvailable and maxUnavailable up.
scaled(value, _) := value if is_number(value)

scaled(value, expected) := ceil((to_number(trim_suffix(value, "%")) * expected) / 100) if {
	is_string(value)
	regex.match(`^(?:0|[1-9][0-9]{0,2})%$`, value)
}

# namespaces are those in which anything that has pods is known.
namespaces := {key[0] | some key, _ in _labels}

_templates := {
	"apps/Deployment": ["spec", "template"],
	"apps/StatefulSet": ["spec", "template"],
	"apps/DaemonSet": ["spec", "template"],
	"apps/ReplicaSet": ["spec", "template"],
	"core/ReplicationController": ["spec", "template"],
	"argoproj.io/Rollout": ["spec", "template"],
	"batch/Job": ["spec", "template"],
	"batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
	"core/Pod": [],
}

# The labels of the pods of everything that has some.
_labels := {[namespace, kind, name]: labels |
	some group_kind, path in _templates
	kind := split(group_kind, "/")[1]
	some namespace, by_name in _resources[group_kind]
	some name, resource in by_name
	labels := object.get(resource, array.concat(path, ["metadata", "labels"]), {})
}

# The keys at each label of a namespace, and at the namespace alone.
_index := groups.distinct_by_first(array.concat(
	[[[key[0], label, value], key] |
		some key, labels in _labels
		some label, value in labels
	],
	[[[key[0]], key] | some key, _ in _labels],
))

# The keys of the workloads at that of the selector's places that has fewest.
_candidates(namespace, selector) := smallest[1] if {
	smallest := min({[count(keys), keys] |
		some place in _places(namespace, selector)
		keys := object.get(_index, [place], [])
	})
}

_places(namespace, selector) := labels | {[namespace]} if {
	labels := {[namespace, label, value] | some label, value in selector.matchLabels}
}
