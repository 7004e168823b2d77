# METADATA
# title: Replicas beside an autoscaler
# description: |
#   Where a HorizontalPodAutoscaler scales a workload, spec.replicas in its
#   manifest sets the number back at every apply, until the autoscaler has raised
#   it again. 0 turns it off, and passes. Judged as written, as the API fills
#   spec.replicas in. Kubernetes, "Horizontal Pod Autoscaling", on migrating
#   Deployments and StatefulSets.
# custom:
#   id: allocation/autoscaled-replicas
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: Remove spec.replicas from the workload.
#   scope: resource
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscaled_replicas

import data.holdfast.lib.autoscaling
import data.holdfast.lib.names

warn contains {
	"msg": msg,
	"path": ["spec", "replicas"],
	"resource": names.identity(input.target.name, workload),
} if {
	input.phase == "check"
	workload := autoscaling.scaled(input.resource)
	is_number(workload.spec.replicas)
	workload.spec.replicas > 0
	msg := sprintf("%s sets replicas to %v, though %s scales it", [
		names.title(workload),
		workload.spec.replicas,
		names.title(input.resource),
	])
}
