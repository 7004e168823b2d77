# METADATA
# title: Labels of the pods of a target
# description: |
#   The workloads of a target by the labels of their pods, so that what selects
#   pods is matched at a cost that grows with the number of workloads and of
#   selectors, not with their product.
package holdfast.lib.pod_labels

import data.holdfast.lib.pods
import data.holdfast.lib.selectors

_resources := data.holdfast.resources[input.target.name]

_kinds := [
	"core/Pod",
	"core/ReplicationController",
	"apps/Deployment",
	"apps/StatefulSet",
	"apps/DaemonSet",
	"apps/ReplicaSet",
	"batch/Job",
	"batch/CronJob",
]

# workloads has the target's workloads by [namespace, kind, name], without those
# that another one controls.
workloads := {[namespace, kind, name]: workload |
	some group_kind in _kinds
	kind := split(group_kind, "/")[1]
	some namespace, by_name in _resources[group_kind]
	some name, workload in by_name
	not _owned(workload)
}

_owned(workload) if {
	some owner in workload.metadata.ownerReferences
	owner.controller == true
}

# selected is the set of the keys of the workloads of a namespace whose pods a
# LabelSelector selects.
selected(namespace, selector) := {key |
	some key in _candidates(namespace, selector)
	selectors.matches(selector, _labels(workloads[key]))
}

_labels(workload) := labels if {
	full := pods.spec_path(workload)
	labels := object.get(workload, array.concat(array.slice(full, 0, count(full) - 1), ["metadata", "labels"]), {})
}

# In the sorted list the workloads of one label are neighbours. Sets that grow
# inside an object would be copied at each step.
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

# The keys of the workloads at that of the selector's labels that has fewest.
_candidates(namespace, selector) := [entry[1] | some entry in array.slice(_entries, smallest[1], smallest[2])] if {
	smallest := min({_span(place) | some place in _places(namespace, selector)})
}

_places(namespace, selector) := labels | {[namespace]} if {
	labels := {[namespace, label, value] | some label, value in selector.matchLabels}
}

_span(place) := [_ends[place] - start, start, _ends[place]] if {
	start := _starts[place]
} else := [0, 0, 0]
