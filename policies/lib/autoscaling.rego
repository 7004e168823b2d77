# METADATA
# title: Autoscaling
# description: What the HorizontalPodAutoscalers of a target scale.
package holdfast.lib.autoscaling

import data.holdfast.lib.names
import data.holdfast.lib.placeholders

# targets has an element for each autoscaler of the target: the key of what it
# scales, [namespace, kind, name], and the bounds, the lower one 1 if left out.
# Rules add the bounds up.
targets contains {"key": key, "least": least(autoscaler), "most": most, "autoscaler": autoscaler} if {
	some namespace, by_name in data.holdfast.resources[input.target.name]["autoscaling/HorizontalPodAutoscaler"]
	some autoscaler in by_name
	target := autoscaler.spec.scaleTargetRef
	key := [namespace, target.kind, target.name]
	most := autoscaler.spec.maxReplicas
	is_number(most)
}

# least is the lower bound, 1 if left out. Of one that is yet to be filled in it is
# only known that the upper one is not below it.
least(autoscaler) := autoscaler.spec.minReplicas if {
	is_number(autoscaler.spec.minReplicas)
} else := autoscaler.spec.maxReplicas if {
	placeholders.within(autoscaler.spec.minReplicas)
} else := 1

# most_replicas is what a workload may run at most: the autoscaler's bound if
# one targets it, else its own replicas.
most_replicas(key, replicas) := object.get(_most, [key], replicas)

_most := object.union_n([{target.key: target.most} | some target in targets])

# bounds_anywhere has both bounds by [target, namespace, kind, name], for rules
# that look at all targets.
bounds_anywhere := object.union_n([{[target, namespace, scaled.kind, scaled.name]: [least(autoscaler), most]} |
	some target, namespace, name
	autoscaler := data.holdfast.resources[target]["autoscaling/HorizontalPodAutoscaler"][namespace][name]
	scaled := autoscaler.spec.scaleTargetRef
	most := autoscaler.spec.maxReplicas
	is_number(most)
])

# scaled is what an autoscaler of the target scales, if that is among the
# resources in its namespace.
scaled(autoscaler) := data.holdfast.resources[input.target.name][group_kind][names.namespace(autoscaler)][ref.name] if {
	ref := autoscaler.spec.scaleTargetRef
	is_string(ref.apiVersion)
	is_string(ref.kind)
	group_kind := concat("/", [_group(ref), ref.kind])
}

_group(ref) := "core" if {
	not contains(ref.apiVersion, "/")
} else := split(ref.apiVersion, "/")[0]

# metrics are what an autoscaler goes by. One that says nothing goes by the
# utilization of CPU, as does that of autoscaling/v1.
metrics(autoscaler) := autoscaler.spec.metrics if {
	is_array(autoscaler.spec.metrics)
	count(autoscaler.spec.metrics) > 0
} else := [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}]

# utilization has a pair for each resource whose use an autoscaler compares with
# what is requested: the resource, and the container, "" for all.
utilization(autoscaler) := {[resource.name, container] |
	some metric in metrics(autoscaler)
	[field, container] := _by_requests(metric)
	resource := metric[field]
	is_string(resource.name)
	_relative(resource)
}

_by_requests(metric) := ["resource", ""] if metric.type == "Resource"

_by_requests(metric) := ["containerResource", metric.containerResource.container] if metric.type == "ContainerResource"

_relative(resource) if resource.target.type == "Utilization"

# Of autoscaling/v2beta1.
_relative(resource) if is_number(resource.targetAverageUtilization)
