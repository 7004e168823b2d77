# METADATA
# title: Capacity of clusters
# description: |
#   The nodes of each cluster as the parameter cluster_capacity declares them, and
#   what the workloads of its targets ask of them:
#
#       prod:                      # a target, or any name beside targets: […]
#         nodes:
#           - {name: small, count: 3, cpu: 4, memory: 16Gi, pods: 110, zone: a, labels: {pool: web}}
#
#   cpu and memory are what a node has to allocate; count is 1 and pods 110 if left
#   out, as the kubelet has it. Nothing is said of a cluster whose nodes cannot be
#   read, but that.
package holdfast.lib.capacity

import data.holdfast.lib.demand
import data.holdfast.lib.quantities

# clusters has those that can be read, by name.
clusters := {name: cluster |
	some name, declared in data.holdfast.params.cluster_capacity
	is_array(declared.nodes)
	count(declared.nodes) > 0
	nodes := [_node(node, i) | some i, node in declared.nodes]
	count(nodes) == count(declared.nodes)
	cluster := {
		"targets": _targets(name, declared),
		"nodes": nodes,
		"keys": {key | some node in nodes; some key, _ in node.labels},
	}
}

# unreadable are the names of the others.
unreadable := {name |
	some name, _ in data.holdfast.params.cluster_capacity
	not clusters[name]
}

# of_target has the clusters that a target is part of.
of_target(target) := {name: cluster |
	some name, cluster in clusters
	target in cluster.targets
}

_targets(_, declared) := {target | some target in declared.targets} if is_array(declared.targets)

_targets(name, declared) := {name} if not is_array(object.get(declared, "targets", null))

_node(node, i) := {
	"name": _name(node, i),
	"count": _or(node, "count", 1),
	"cpu": quantities.milli(node.cpu),
	"memory": quantities.milli(node.memory),
	"pods": _or(node, "pods", 110) * 1000,
	"zone": object.get(node, "zone", ""),
	"labels": object.union(_zone_label(node), _labels(node)),
}

_name(node, _) := node.name if is_string(node.name)

_name(node, i) := sprintf("%d", [i]) if not is_string(object.get(node, "name", null))

_or(node, field, number) := node[field] if {
	is_number(node[field])
} else := number

_labels(node) := node.labels if {
	is_object(node.labels)
} else := {}

_zone_label(node) := {"topology.kubernetes.io/zone": node.zone} if {
	is_string(node.zone)
} else := {}

# open_to are the nodes on which a pod of this spec may run, by its nodeSelector as
# far as the nodes' labels are declared.
open_to(cluster, nodes, spec) := [node |
	some node in nodes
	not _excluded(cluster, node, spec)
]

_excluded(cluster, node, spec) if {
	some key, value in spec.nodeSelector
	key in cluster.keys
	not node.labels[key] == value
}

# capacity is what nodes have together.
capacity(nodes, resource) := sum([all_of |
	some node in nodes
	all_of := node.count * node[resource]
])

# number is how many nodes these are.
number(nodes) := sum([node.count | some node in nodes])

resources := ["cpu", "memory", "pods"]

# rows are the workloads of a cluster.
rows(cluster) := [row |
	some target in cluster.targets
	some row in demand.by_target[target]
]

# demands has what the workloads of a cluster ask for at a time, "now" or "peak",
# without those that run once a node, which have no number of their own.
demands := {name: sums |
	some name, cluster in clusters
	of_cluster := rows(cluster)
	sums := {time: of_time |
		some time in ["now", "peak"]
		of_time := {
			"cpu": demand.total(of_cluster, time, "requests", "cpu"),
			"memory": demand.total(of_cluster, time, "requests", "memory"),
			"pods": demand.pods_of(of_cluster, time),
		}
	}
}

# _daemons are those that run once a node, each with what one pod of it asks for.
_daemons := {name: each |
	some name, cluster in clusters
	each := [{"spec": row.spec, "cpu": demand.of_each(row, "requests", "cpu"), "memory": demand.of_each(row, "requests", "memory"), "pods": 1000} |
		some row in rows(cluster)
		row.workload.kind == "DaemonSet"
	]
}

# excesses are what nodes of a cluster cannot hold of it at a time, as phrases:
# "CPU 30 of 28".
excesses(name, nodes, time) := {resource: phrase |
	some resource in resources
	asked := demands[name][time][resource] + sum([all_of |
		some daemon in _daemons[name]
		all_of := daemon[resource] * number(open_to(clusters[name], nodes, daemon.spec))
	])
	there := capacity(nodes, resource)
	asked > there
	phrase := sprintf("%s %s of %s", [titles[resource], quantities.format(resource, asked), quantities.format(resource, there)])
}

titles := {"cpu": "CPU", "memory": "memory", "pods": "pods"}

# phrase writes excesses in the order of the resources.
phrase(found) := concat(", ", [text |
	some resource in resources
	text := found[resource]
])

# largest are the workloads of a cluster that ask for most of the first of the
# excesses, three at most, the largest first.
largest(name, found, time) := demand.largest(
	[_with_count(name, row) | some row in rows(clusters[name])],
	time,
	first(found),
)

# first is the first resource of the excesses.
first(found) := [resource | some resource in resources; found[resource]][0]

_with_count(_, row) := row if _counted(row)

_with_count(name, row) := object.union(row, {"now": n, "peak": n}) if {
	not _counted(row)
	n := number(open_to(clusters[name], clusters[name].nodes, row.spec))
}

_counted(row) if _ := row.now
