# METADATA
# title: Autoscalers of the same workload
# description: |
#   Two HorizontalPodAutoscalers of one workload set its replicas by turns, or
#   stop for ambiguity. Kubernetes, "Horizontal Pod Autoscaling".
# custom:
#   id: allocation/autoscalers-collide
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Put all metrics into one autoscaler and remove the others.
#   scope: target
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscalers_collide

import data.holdfast.lib.groups
import data.holdfast.lib.names

_autoscalers := data.holdfast.resources[input.target.name]["autoscaling/HorizontalPodAutoscaler"]

deny contains {
	"msg": msg,
	"path": ["spec", "scaleTargetRef"],
	"resource": names.identity(input.target.name, _autoscalers[namespace][found[0]]),
} if {
	some [namespace, kind, name], found in _by_target
	count(found) > 1
	msg := sprintf("%s %q is scaled by several autoscalers: %s", [kind, name, concat(", ", found)])
}

_by_target := groups.by_first([[[namespace, ref.kind, ref.name], name] |
	some namespace, by_name in _autoscalers
	some name, autoscaler in by_name
	ref := autoscaler.spec.scaleTargetRef
	is_string(ref.kind)
	is_string(ref.name)
])
