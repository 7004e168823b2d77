# METADATA
# title: Namespaces that can reach everything
# description: |
#   A pod whose outgoing traffic no NetworkPolicy restricts fetches and sends
#   what it likes, and reaches the provider's metadata service. One finding a
#   namespace, with the workloads whose pods no NetworkPolicy for Egress of the
#   target selects, or only one that lets everything through; kube-system and
#   pods on the node's network are left alone. Where the target has policies of
#   Calico, Cilium, Antrea or an AdminNetworkPolicy, these are trusted. CIS
#   Kubernetes Benchmark 5.3.2; Kubernetes documentation, "Network Policies",
#   default deny.
# custom:
#   id: security/network-policy-egress
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/sc-7]
#   remediation: >-
#     Add a NetworkPolicy with an empty podSelector and policyTypes [Egress] to the namespace, and
#     one for each workload that allows what it needs, DNS among it.
#   scope: target
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.network_policy_egress

import data.holdfast.lib.isolation
import data.holdfast.lib.names

_kinds := {
	"Pod",
	"ReplicationController",
	"Deployment",
	"StatefulSet",
	"DaemonSet",
	"ReplicaSet",
	"Job",
	"CronJob",
}

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, resource)} if {
	some namespace, entry in isolation.exposed("Egress", _kinds)
	resource := _place(namespace, entry.first)
	msg := sprintf("no NetworkPolicy restricts what leaves the pods of %s: %s", [_title(namespace), isolation.list(entry.titles)])
	path := _paths[resource.kind == "Namespace"]
}

_paths := {true: ["metadata", "name"], false: ["metadata"]}

_place(namespace, first) := found if {
	found := data.holdfast.resources[input.target.name]["core/Namespace"][""][namespace]
} else := first

_title("") := "the default namespace"

_title(namespace) := sprintf("namespace %q", [namespace]) if namespace != ""
