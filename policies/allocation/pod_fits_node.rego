# METADATA
# title: Pods that fit no node
# description: |
#   A pod that requests more CPU or memory than any single node has stays pending
#   for ever. Judged for targets whose nodes are declared in the parameter
#   cluster_capacity (see allocation/cluster-capacity); nodes that its
#   nodeSelector excludes by a declared label do not count. Kubernetes,
#   "Kubernetes Scheduler".
# custom:
#   id: allocation/pod-fits-node
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Lower resources.requests of the pod's containers, or add larger nodes.
#   scope: resource
#   params:
#     cluster_capacity: {}
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
package holdfast.allocation.pod_fits_node

import data.holdfast.lib.capacity
import data.holdfast.lib.defaults
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests

deny contains {"msg": msg, "path": pods.spec_path(input.resource)} if {
	some name, cluster in capacity.of_target(input.target.name)
	spec := pods.spec(input.resource)
	cpu := requests.amount(spec, "requests", "cpu", defaults.of_resource)
	memory := requests.amount(spec, "requests", "memory", defaults.of_resource)
	not _fits(capacity.open_to(cluster, cluster.nodes, spec), cpu, memory)
	msg := sprintf("no node of cluster %q that is open to the pod has CPU %s and memory %s", [
		name,
		quantities.format_cpu(cpu),
		quantities.format_memory(memory),
	])
}

_fits(nodes, cpu, memory) if {
	some node in nodes
	node.cpu >= cpu
	node.memory >= memory
}
