# METADATA
# title: Namespaces that every pod can reach
# description: |
#   Each pod of the cluster reaches a pod that no NetworkPolicy selects, so that
#   one that was broken into reaches the databases. One finding a namespace,
#   with the workloads whose pods no NetworkPolicy for Ingress of the target
#   selects, or only one that lets everything through; kube-system and pods on
#   the node's network are left alone. Jobs, which nobody calls, too. Where the
#   target has policies of Calico, Cilium, Antrea or an AdminNetworkPolicy,
#   these are trusted. CIS Kubernetes Benchmark 5.3.2; Kubernetes documentation,
#   "Network Policies", default deny.
# custom:
#   id: security/network-policy-missing
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress] to the namespace, and
#     one for each workload that allows what it needs.
#   scope: target
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
package holdfast.security.network_policy_missing

import data.holdfast.lib.isolation
import data.holdfast.lib.names

_kinds := {"Pod", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, resource)} if {
	some namespace, entry in isolation.exposed("Ingress", _kinds)
	resource := _place(namespace, entry.first)
	msg := sprintf("no NetworkPolicy restricts what reaches the pods of %s: %s", [_title(namespace), isolation.list(entry.titles)])
	path := _paths[resource.kind == "Namespace"]
}

_paths := {true: ["metadata", "name"], false: ["metadata"]}

_place(namespace, first) := found if {
	found := data.holdfast.resources[input.target.name]["core/Namespace"][""][namespace]
} else := first

_title("") := "the default namespace"

_title(namespace) := sprintf("namespace %q", [namespace]) if namespace != ""
