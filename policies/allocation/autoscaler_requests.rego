# METADATA
# title: Autoscaling without requests
# description: |
#   A HorizontalPodAutoscaler that goes by the utilization of CPU or memory
#   divides what is used by what is requested; if one container does not request
#   any, the autoscaler does nothing. The pod's own requests, limits in their
#   place, and defaults of a LimitRange of the namespace count. Kubernetes,
#   "Horizontal Pod Autoscaling", on resource metrics.
# custom:
#   id: allocation/autoscaler-requests
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Set resources.requests of that resource on every container of the workload.
#   scope: resource
#   kinds: [autoscaling/HorizontalPodAutoscaler]
package holdfast.allocation.autoscaler_requests

import data.holdfast.lib.autoscaling
import data.holdfast.lib.defaults
import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": ["spec", "scaleTargetRef"]} if {
	workload := autoscaling.scaled(input.resource)
	some [resource, container] in autoscaling.utilization(input.resource)
	missing := sort([entry.label |
		some entry in pods.containers(workload)
		_measured(entry, container)
		not _requested(workload, entry.container, resource)
	])
	count(missing) > 0
	msg := sprintf("it goes by the utilization of %s, which %s of %s %s not request", [
		resource,
		concat(", ", missing),
		names.title(workload),
		_do(count(missing)),
	])
}

_do(1) := "does"

_do(n) := "do" if n != 1

_measured(entry, container) if {
	_counts(entry)
	container in {"", entry.container.name}
}

_counts(entry) if entry.field == "containers"

_counts(entry) if requests.sidecar(entry.container)

_requested(workload, _, resource) if {
	some part in ["requests", "limits"]
	pods.spec(workload).resources[part][resource] != null
}

_requested(_, container, resource) if {
	requests.container(container, "requests", resource, _defaults)
}

_defaults := defaults.of_resource
