# METADATA
# title: Extended resources and huge pages
# description: |
#   Of a GPU or another extended resource, and of huge pages, a pod cannot have
#   more than it requests: a limit must be there, be equal to the request, and for
#   extended resources be a whole number. The API refuses anything else. A limit
#   alone is enough. Kubernetes, "Extended resources" and "Manage HugePages".
# custom:
#   id: allocation/extended-resources
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Set the resource under resources.limits, and the same under requests or nothing.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.extended_resources

import data.holdfast.lib.quantities
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": array.concat(holder.path, ["resources", "requests", resource])} if {
	some holder in resources.holders
	some resource, quantity in holder.requests
	_not_shared(resource)
	requested := quantities.milli(quantity)
	phrase := _fault(holder.limits, resource, requested)
	msg := sprintf("%s requests %s %s, %s", [
		holder.label,
		resource,
		quantities.format(resource, requested),
		phrase,
	])
}

deny contains {"msg": msg, "path": value.path} if {
	some value in resources.values
	_extended(value.resource)
	amount := quantities.milli(value.quantity)
	amount % 1000 != 0
	msg := sprintf("%s has %s %s, which cannot be divided", [value.label, quantities.format_cpu(amount), value.resource])
}

_not_shared(resource) if startswith(resource, "hugepages-")

_not_shared(resource) if _extended(resource)

# As the API tells them apart: names with a domain other than kubernetes.io.
_extended(resource) if {
	contains(resource, "/")
	not contains(resource, "kubernetes.io/")
}

_fault(limits, resource, requested) := sprintf("but is limited to %s", [quantities.format(resource, limit)]) if {
	limit := quantities.milli(limits[resource])
	limit != requested
}

_fault(limits, resource, _) := "but has no limit for it" if object.get(limits, resource, null) == null
