# METADATA
# title: Namespaces without a ResourceQuota
# description: |
#   Without a ResourceQuota one namespace may take all that the cluster has, by a
#   mistyped number of replicas or an autoscaler that runs away. Asked of the
#   namespaces that a target declares and has workloads in. Kubernetes, "Resource
#   Quotas".
# custom:
#   id: allocation/namespace-quota
#   category: allocation
#   severity: low
#   profile: recommended
#   remediation: Add a ResourceQuota to the namespace.
#   scope: target
#   kinds: [core/Namespace]
package holdfast.allocation.namespace_quota

import data.holdfast.lib.demand
import data.holdfast.lib.names

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": ["metadata", "name"], "resource": names.identity(input.target.name, namespace)} if {
	some name, namespace in _resources["core/Namespace"][""]
	not startswith(name, "kube-")
	not name in _bounded
	_has_workloads(name)
	msg := sprintf("namespace %q has workloads and no ResourceQuota", [name])
}

# Another target may have it.
_bounded contains namespace if {
	some target, namespace
	_ := data.holdfast.resources[target]["core/ResourceQuota"][namespace]
}

_has_workloads(namespace) if {
	some kind in demand.kinds
	count(_resources[kind][namespace]) > 0
}
