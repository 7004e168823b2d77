# METADATA
# title: Namespaces without a LimitRange
# description: |
#   A LimitRange gives defaults to containers that leave out requests or limits,
#   and bounds what one may ask for. Asked of the namespaces that a target declares
#   and has workloads in. Kubernetes, "Limit Ranges".
# custom:
#   id: allocation/namespace-limit-range
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Add a LimitRange to the namespace.
#   scope: target
#   kinds: [core/Namespace]
package holdfast.allocation.namespace_limit_range

import data.holdfast.lib.demand
import data.holdfast.lib.names

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": ["metadata", "name"], "resource": names.identity(input.target.name, namespace)} if {
	some name, namespace in _resources["core/Namespace"][""]
	not startswith(name, "kube-")
	not name in _bounded
	_has_workloads(name)
	msg := sprintf("namespace %q has workloads and no LimitRange", [name])
}

# Another target may have it.
_bounded contains namespace if {
	some target, namespace
	_ := data.holdfast.resources[target]["core/LimitRange"][namespace]
}

_has_workloads(namespace) if {
	some kind in demand.kinds
	count(_resources[kind][namespace]) > 0
}
