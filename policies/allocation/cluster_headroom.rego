# METADATA
# title: Capacity without a node or a zone
# description: |
#   When a node or a zone is lost, its pods must find room on the others. With the
#   parameter loss_to_survive "node", the default, each cluster declared in the
#   parameter cluster_capacity must hold its pods without any one of its nodes;
#   with "zone", without all nodes of any one zone; with "" nothing is asked.
#   Counted as in allocation/cluster-capacity; what that finds is not said again.
#   Kubernetes, "Running in multiple zones".
# custom:
#   id: allocation/cluster-headroom
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: Add nodes, spread them over more zones, or lower the requests of the largest workloads.
#   scope: snapshot
#   params:
#     cluster_capacity: {}
#     loss_to_survive: node
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.cluster_headroom

import data.holdfast.lib.capacity
import data.holdfast.lib.demand
import data.holdfast.lib.names

deny contains {
	"msg": msg,
	"path": ["spec"],
	"resource": names.identity(first.target, first.workload),
} if {
	some name, cluster in capacity.clusters
	count(capacity.excesses(name, cluster.nodes, "now")) == 0
	losses := [{"what": loss.what, "found": found} |
		some loss in _losses(cluster)
		found := capacity.excesses(name, loss.left, "now")
		count(found) > 0
	]
	largest := capacity.largest(name, losses[0].found, "now")
	first := largest[0].row
	msg := sprintf("the pods of cluster %q do not fit without %s; the largest are %s", [
		name,
		concat("; without ", [sprintf("%s: %s", [loss.what, capacity.phrase(loss.found)]) | some loss in losses]),
		demand.phrase(largest, capacity.first(losses[0].found)),
	])
}

# What may be lost, each with the nodes that are left.
_losses(cluster) := [{"what": sprintf("a node %q", [node.name]), "left": _one_less(cluster.nodes, i)} |
	some i, node in cluster.nodes
	node.count > 0
] if {
	data.holdfast.params.loss_to_survive == "node"
}

_losses(cluster) := [{"what": sprintf("zone %q", [zone]), "left": [node | some node in cluster.nodes; node.zone != zone]} |
	some zone in {node.zone | some node in cluster.nodes; node.zone != ""}
] if {
	data.holdfast.params.loss_to_survive == "zone"
}

_one_less(nodes, i) := array.concat(
	array.slice(nodes, 0, i),
	array.concat(
		[object.union(nodes[i], {"count": nodes[i].count - 1})],
		array.slice(nodes, i + 1, count(nodes)),
	),
)
