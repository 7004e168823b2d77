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

warn contains {"msg": msg, "path": ["spec", "maxReplicas"]} if {
	most := input.resource.spec.maxReplicas
	autoscaling.least(input.resource) == most
	msg := sprintf("minReplicas and maxReplicas are both %v", [most])
}
