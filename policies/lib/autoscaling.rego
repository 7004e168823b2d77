# METADATA
# title: Autoscaling
# description: What the HorizontalPodAutoscalers of a target scale.
package holdfast.lib.autoscaling

# targets has an element for each autoscaler of the target: the key of what it
# scales, [namespace, kind, name], and the bounds, the lower one 1 if left out.
targets contains {"key": key, "least": _least(autoscaler), "most": most, "autoscaler": autoscaler} if {
	some namespace, by_name in data.holdfast.resources[input.target.name]["autoscaling/HorizontalPodAutoscaler"]
	some autoscaler in by_name
	target := autoscaler.spec.scaleTargetRef
	is_string(target.kind)
	key := [namespace, target.kind, target.name]
	most := autoscaler.spec.maxReplicas
}

_least(autoscaler) := autoscaler.spec.minReplicas if {
	is_number(autoscaler.spec.minReplicas)
} else := 1

# most_replicas is what a workload may run at most: the autoscaler's bound if
# one targets it, else its own replicas.
most_replicas(key, replicas) := object.get(_most, [key], replicas)

_most := object.union_n([{target.key: target.most} | some target in targets])

# most_anywhere is the same by [target, namespace, kind, name], for rules that
# look at all targets.
most_anywhere := object.union_n([{[target, namespace, scaled.kind, scaled.name]: most} |
	some target, namespace, name
	spec := data.holdfast.resources[target]["autoscaling/HorizontalPodAutoscaler"][namespace][name].spec
	scaled := spec.scaleTargetRef
	is_string(scaled.kind)
	most := spec.maxReplicas
	is_number(most)
])
