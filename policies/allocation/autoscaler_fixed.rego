# METADATA
# title: Autoscalers without room
# description: |
#   A HorizontalPodAutoscaler whose minReplicas and maxReplicas are the same never
#   scales, and hides that the number is fixed.
# custom:
#   id: allocation/autoscaler-fixed
#   category: allocation
#   severity: low
#   profile: recommended
#   remediation: Raise maxReplicas, or remove the autoscaler and set spec.replicas of the workload.
#   scope: resource
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscaler_fixed

import data.holdfast.lib.autoscaling
import data.holdfast.lib.placeholders

warn contains {"msg": msg, "path": ["spec", "maxReplicas"]} if {
	most := input.resource.spec.maxReplicas
	autoscaling.least(input.resource) == most
	not _to_be_filled_in
	msg := sprintf("minReplicas and maxReplicas are both %v", [most])
}

_to_be_filled_in if placeholders.within(input.resource.spec.minReplicas)
