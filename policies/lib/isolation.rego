# METADATA
# title: Isolation of pods
# description: |
#   Which workloads of a target are isolated by NetworkPolicies, as their
#   documentation says: a pod is isolated in a direction once some policy of
#   that direction selects it, and unless that policy lets everything through.
package holdfast.lib.isolation

import data.holdfast.lib.names
import data.holdfast.lib.pod_labels
import data.holdfast.lib.pods

_resources := data.holdfast.resources[input.target.name]

# Policies of network plugins that hold for the whole cluster: what they select
# is not looked into.
_cluster_wide := [
	"cilium.io/CiliumClusterwideNetworkPolicy",
	"crd.antrea.io/ClusterNetworkPolicy",
	"crd.projectcalico.org/GlobalNetworkPolicy",
	"projectcalico.org/GlobalNetworkPolicy",
	"policy.networking.k8s.io/AdminNetworkPolicy",
	"policy.networking.k8s.io/BaselineAdminNetworkPolicy",
	"policy.networking.k8s.io/ClusterNetworkPolicy",
]

_namespaced := [
	"cilium.io/CiliumNetworkPolicy",
	"crd.antrea.io/NetworkPolicy",
	"crd.projectcalico.org/NetworkPolicy",
	"projectcalico.org/NetworkPolicy",
]

# The cluster's own pods often break under a policy, and are not the users'.
_left_alone := {"kube-system", "kube-public", "kube-node-lease"}

# exposed has, by namespace, the sorted titles of the workloads of some kinds
# that no policy of a direction isolates; and the namespace's first workload.
exposed(direction, kinds) := {namespace: {"titles": titles, "first": pod_labels.workloads[keys[0]]} |
	not _somewhere(_cluster_wide)
	isolated := _isolated(direction)
	some namespace in {key[0] | some key, _ in pod_labels.workloads}
	not namespace in _left_alone
	not _elsewhere(namespace)
	keys := sort([key |
		some key, workload in _by_namespace[namespace]
		key[1] in kinds
		not key in isolated
		not _on_the_node(workload)
	])
	titles := [names.title(pod_labels.workloads[key]) | some key in keys]
}

_on_the_node(workload) if pods.spec(workload).hostNetwork == true

_by_namespace := {namespace: object.union_n(layers) |
	some namespace in {key[0] | some key, _ in pod_labels.workloads}
	layers := [{key: pod_labels.workloads[key]} | some key in pod_labels.selected(namespace, {})]
}

_somewhere(kinds) if {
	some kind in kinds
	_ := _resources[kind]
}

_elsewhere(namespace) if {
	some kind in _namespaced
	_ := _resources[kind][namespace]
}

_isolated(direction) := {key |
	some namespace, by_name in _resources["networking.k8s.io/NetworkPolicy"]
	some policy in by_name
	restricts(policy, direction)
	some key in pod_labels.selected(namespace, object.get(policy.spec, "podSelector", {}))
}

# restricts is true for a policy of a direction without a rule that lets
# everything through.
restricts(policy, direction) if {
	is_object(policy.spec)
	of_direction(policy, direction)
	not _lets_all_through(policy, direction)
}

_lets_all_through(policy, direction) if {
	some rule in policy.spec[lower(direction)]
	open(rule, direction)
}

# of_direction is true for a policy that is about Ingress or Egress.
of_direction(policy, direction) if {
	direction in policy.spec.policyTypes
}

of_direction(policy, direction) if {
	not _typed(policy)
	_by_default(policy, direction)
}

_typed(policy) if _ := policy.spec.policyTypes[0]

_by_default(_, "Ingress")

_by_default(policy, "Egress") if _ := policy.spec.egress[0]

# open is true for a rule without a peer and a port: it lets everything through.
open(rule, direction) if {
	is_object(rule)
	not _some_of(rule, "ports")
	not _some_of(rule, _peers[direction])
}

# A block of all addresses is no restriction either.
open(rule, direction) if {
	not _some_of(rule, "ports")
	some peer in rule[_peers[direction]]
	peer.ipBlock.cidr in {"0.0.0.0/0", "::/0"}
	not _some_of(peer.ipBlock, "except")
}

_peers := {"Ingress": "from", "Egress": "to"}

_some_of(object, field) if _ := object[field][0]

# list is the first three of some titles, and how many more there are.
list(titles) := concat(", ", titles) if {
	count(titles) <= 3
} else := sprintf("%s and %d more", [concat(", ", array.slice(titles, 0, 3)), count(titles) - 3])
