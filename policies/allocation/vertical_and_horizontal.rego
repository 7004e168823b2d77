# METADATA
# title: Vertical and horizontal autoscaling by the same resource
# description: |
#   A VerticalPodAutoscaler changes the requests by which a HorizontalPodAutoscaler
#   reckons, so that both chase each other where they go by the same resource. A
#   VerticalPodAutoscaler that is off, or controls only what the other does not go
#   by, passes. Kubernetes autoscaler, vertical-pod-autoscaler, known limitations.
# custom:
#   id: allocation/vertical-and-horizontal
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Let the HorizontalPodAutoscaler go by another metric, name other controlledResources in the
#     VerticalPodAutoscaler, or set its updateMode to "Off".
#   scope: target
#   kinds: [autoscaling.k8s.io/VerticalPodAutoscaler]
package holdfast.allocation.vertical_and_horizontal

import data.holdfast.lib.autoscaling
import data.holdfast.lib.names

warn contains {
	"msg": msg,
	"path": ["spec", "targetRef"],
	"resource": names.identity(input.target.name, vertical),
} if {
	some namespace, by_name in data.holdfast.resources[input.target.name]["autoscaling.k8s.io/VerticalPodAutoscaler"]
	some vertical in by_name
	ref := vertical.spec.targetRef
	horizontal := _horizontal[[namespace, ref.kind, ref.name]]
	not vertical.spec.updatePolicy.updateMode == "Off"
	both := {resource |
		some [resource, _] in autoscaling.utilization(horizontal)
		resource in _controlled(vertical)
	}
	count(both) > 0
	msg := sprintf("%s and %s both go by %s of %s %q", [
		names.title(vertical),
		names.title(horizontal),
		concat(" and ", sort(both)),
		ref.kind,
		ref.name,
	])
}

_horizontal := object.union_n([{scaled.key: scaled.autoscaler} | some scaled in autoscaling.targets])

# The resources that some container's policy leaves to it.
_controlled(vertical) := {resource |
	some policy in vertical.spec.resourcePolicy.containerPolicies
	is_object(policy)
	not policy.mode == "Off"
	some resource in object.get(policy, "controlledResources", ["cpu", "memory"])
} if {
	is_array(vertical.spec.resourcePolicy.containerPolicies)
	count(vertical.spec.resourcePolicy.containerPolicies) > 0
} else := {"cpu", "memory"}
