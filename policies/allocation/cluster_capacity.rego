# METADATA
# title: Requests within the cluster's capacity
# description: |
#   The requests of all pods of a cluster must fit what its nodes have to allocate,
#   or the last to come wait for ever. The nodes are declared in the parameter
#   cluster_capacity, by target: {prod: {nodes: [{name: web, count: 3, cpu: 4,
#   memory: 16Gi, pods: 110, zone: a, labels: {pool: web}}]}}; where several
#   targets are one cluster, {anything: {targets: [base, apps], nodes: […]}}.
#   Without it nothing is asked. Pods are counted as in
#   allocation/namespace-requests-budget, and those of a DaemonSet once on each
#   node that its nodeSelector does not exclude by a declared label. Kubernetes,
#   "Reserve Compute Resources for System Daemons", node allocatable.
# custom:
#   id: allocation/cluster-capacity
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Add nodes, or lower resources.requests or spec.replicas of the largest workloads.
#   scope: snapshot
#   params:
#     cluster_capacity: {}
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.cluster_capacity

import data.holdfast.lib.capacity
import data.holdfast.lib.demand
import data.holdfast.lib.names

deny contains {
	"msg": msg,
	"path": ["spec"],
	"resource": names.identity(first.target, first.workload),
} if {
	some name, cluster in capacity.clusters
	found := capacity.excesses(name, cluster.nodes, "now")
	largest := capacity.largest(name, found, "now")
	first := largest[0].row
	msg := sprintf("the pods of cluster %q request more than its nodes have: %s; the largest are %s", [
		name,
		capacity.phrase(found),
		demand.phrase(largest, capacity.first(found)),
	])
}

deny contains {"msg": msg} if {
	some name in capacity.unreadable
	msg := sprintf("the nodes of cluster %q in the parameter cluster_capacity cannot be read: each needs cpu and memory", [name])
}
