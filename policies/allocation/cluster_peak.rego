# METADATA
# title: The cluster's capacity at the peak
# description: |
#   Autoscalers may raise their workloads to maxReplicas, and a rollout runs
#   maxSurge pods beside the old ones. Where all of them at once do not fit the
#   nodes in the parameter cluster_capacity, the last pods wait, unless nodes are
#   added in time. Counted as in allocation/cluster-capacity; what that finds is
#   not said again. Kubernetes, "Horizontal Pod Autoscaling".
# custom:
#   id: allocation/cluster-peak
#   category: allocation
#   severity: low
#   profile: recommended
#   remediation: Add nodes or let them be added, or lower maxReplicas, maxSurge or the requests of the largest workloads.
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
package holdfast.allocation.cluster_peak

import data.holdfast.lib.capacity
import data.holdfast.lib.demand
import data.holdfast.lib.names

warn contains {
	"msg": msg,
	"path": ["spec"],
	"resource": names.identity(first.target, first.workload),
} if {
	some name, cluster in capacity.clusters
	count(capacity.excesses(name, cluster.nodes, "now")) == 0
	found := capacity.excesses(name, cluster.nodes, "peak")
	largest := capacity.largest(name, found, "peak")
	first := largest[0].row
	msg := sprintf("scaled out and rolled out, the pods of cluster %q request more than its nodes have: %s; the largest are %s", [
		name,
		capacity.phrase(found),
		demand.phrase(largest, capacity.first(found)),
	])
}
