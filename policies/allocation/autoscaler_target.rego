# METADATA
# title: Autoscalers of nothing
# description: |
#   A HorizontalPodAutoscaler scales what scaleTargetRef names by apiVersion, kind
#   and name, in its own namespace. Said where the target has no such resource,
#   for kinds of the groups apps and core: others may be made by an operator.
#   Kubernetes, "Horizontal Pod Autoscaling".
# custom:
#   id: allocation/autoscaler-target
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: Correct apiVersion, kind or name in scaleTargetRef, or remove the autoscaler.
#   scope: resource
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscaler_target

import data.holdfast.lib.autoscaling
import data.holdfast.lib.placeholders

warn contains {"msg": msg, "path": ["spec", "scaleTargetRef"]} if {
	ref := input.resource.spec.scaleTargetRef
	_asked(ref)
	not autoscaling.scaled(input.resource)
	not placeholders.within(ref.kind)
	not placeholders.within(ref.name)
	msg := sprintf("there is no %s %q of %s in the namespace to scale", [ref.kind, ref.name, ref.apiVersion])
}

_asked(ref) if {
	is_string(ref.kind)
	is_string(ref.name)
	ref.apiVersion in {"v1", "apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"}
}
