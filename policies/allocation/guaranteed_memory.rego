# METADATA
# title: Memory limits above requests
# description: |
#   Memory cannot be taken back from a container: what it uses above its request
#   was promised to nobody, and under pressure the pods above their requests are
#   the first to be killed. With limit and request equal that does not happen.
#   Where the pod itself has both, those count. Kubernetes, "Pod Quality of
#   Service Classes" and "Node-pressure Eviction".
# custom:
#   id: allocation/guaranteed-memory
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set resources.requests.memory to what resources.limits.memory is.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.guaranteed_memory

import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.resources

warn contains {"msg": msg, "path": array.concat(holder.path, ["resources", "requests", "memory"])} if {
	some holder in resources.holders
	not _of_the_pod(holder)
	requested := quantities.milli(holder.requests.memory)
	limit := quantities.milli(holder.limits.memory)
	requested < limit
	msg := sprintf("%s requests memory %s but may use %s", [
		holder.label,
		quantities.format_memory(requested),
		quantities.format_memory(limit),
	])
}

# The pod's own request and limit decide in place of this container's.
_of_the_pod(holder) if {
	holder.label != "the pod"
	spec := pods.spec(input.resource)
	quantities.milli(spec.resources.requests.memory)
	quantities.milli(spec.resources.limits.memory)
}
