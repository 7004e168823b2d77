# METADATA
# title: Bounds of autoscalers
# description: |
#   A HorizontalPodAutoscaler's minReplicas may not be above its maxReplicas, nor
#   these below 1; minReplicas of 0 needs a metric of type Object or External. The
#   API refuses anything else. Kubernetes, API reference,
#   HorizontalPodAutoscalerSpec.
# custom:
#   id: allocation/autoscaler-bounds
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Set maxReplicas to minReplicas or above, and both to 1 or above.
#   scope: resource
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscaler_bounds

deny contains {"msg": msg, "path": ["spec", "minReplicas"]} if {
	least := input.resource.spec.minReplicas
	most := input.resource.spec.maxReplicas
	is_number(least)
	is_number(most)
	least > most
	msg := sprintf("minReplicas is %v, above maxReplicas, %v", [least, most])
}

deny contains {"msg": msg, "path": ["spec", "maxReplicas"]} if {
	most := input.resource.spec.maxReplicas
	is_number(most)
	most < 1
	msg := sprintf("maxReplicas is %v", [most])
}

deny contains {"msg": msg, "path": ["spec", "minReplicas"]} if {
	least := input.resource.spec.minReplicas
	is_number(least)
	least < 1
	not _from_none(least)
	msg := sprintf("minReplicas is %v", [least])
}

_from_none(0) if {
	some metric in input.resource.spec.metrics
	metric.type in {"Object", "External"}
}
