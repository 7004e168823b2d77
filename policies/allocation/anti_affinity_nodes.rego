# METADATA
# title: Replicas that must keep apart
# description: |
#   With required anti-affinity against its own pods, a workload can run one pod a
#   node (topologyKey kubernetes.io/hostname) or a zone
#   (topology.kubernetes.io/zone); replicas beyond the number of these stay
#   pending. Judged for targets whose nodes are declared in the parameter
#   cluster_capacity (see allocation/cluster-capacity), zones only if they are.
#   Kubernetes, "Assigning Pods to Nodes", inter-pod anti-affinity.
# custom:
#   id: allocation/anti-affinity-nodes
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Lower spec.replicas, add nodes or zones, or make the anti-affinity preferred.
#   scope: resource
#   params:
#     cluster_capacity: {}
#   kinds: [apps/Deployment, apps/StatefulSet, apps/ReplicaSet, core/ReplicationController]
package holdfast.allocation.anti_affinity_nodes

import data.holdfast.lib.capacity
import data.holdfast.lib.pods
import data.holdfast.lib.requests
import data.holdfast.lib.selectors

deny contains {"msg": msg, "path": path} if {
	some name, cluster in capacity.of_target(input.target.name)
	spec := pods.spec(input.resource)
	some i, term in spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution
	_own(term)
	[places, title] := _places(capacity.open_to(cluster, cluster.nodes, spec), term.topologyKey)
	replicas := requests.replicas(input.resource)
	replicas > places
	msg := sprintf("%v replicas must each have a %s to themselves, and cluster %q has %d", [replicas, title, name, places])
	path := array.concat(pods.spec_path(input.resource), [
		"affinity",
		"podAntiAffinity",
		"requiredDuringSchedulingIgnoredDuringExecution",
		i,
	])
}

# The term is about the workload's own pods, in its own namespace.
_own(term) if {
	selectors.matches(term.labelSelector, input.resource.spec.template.metadata.labels)
	object.get(term, "namespaces", []) in {[], null}
	object.get(term, "namespaceSelector", null) in {null, {}}
}

_places(nodes, "kubernetes.io/hostname") := [capacity.number(nodes), "node"]

_places(nodes, "topology.kubernetes.io/zone") := [count({node.zone | some node in nodes}), "zone"] if {
	every node in nodes {
		node.zone != ""
	}
}
