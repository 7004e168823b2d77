# METADATA
# title: Greatest containers
# description: |
#   No container may be larger than the parameters say: max_container_cpu and
#   max_container_memory for limits, max_container_cpu_request and
#   max_container_memory_request for requests, as quantities ("2", "4Gi"). ""
#   leaves it open, and is the default. A container without a limit or request,
#   even by default of a LimitRange or for the whole pod, has no bound, and
#   exceeds what is given.
# custom:
#   id: allocation/container-maximum
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Lower the container's resources to what is permitted, or set those that are missing.
#   scope: resource
#   params:
#     max_container_cpu: ""
#     max_container_memory: ""
#     max_container_cpu_request: ""
#     max_container_memory_request: ""
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
package holdfast.allocation.container_maximum

import data.holdfast.lib.defaults
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests
import data.holdfast.lib.resources

_maxima := {
	["limits", "cpu"]: data.holdfast.params.max_container_cpu,
	["limits", "memory"]: data.holdfast.params.max_container_memory,
	["requests", "cpu"]: data.holdfast.params.max_container_cpu_request,
	["requests", "memory"]: data.holdfast.params.max_container_memory_request,
}

deny contains {"msg": msg, "path": path} if {
	some [part, resource], maximum in _maxima
	most := quantities.milli(maximum)
	some entry in resources.containers
	amount := requests.container(entry.container, part, resource, defaults.of_resource)
	amount > most
	msg := sprintf("%s %s %s %s, more than %s", [
		entry.label,
		_verbs[part],
		resource,
		quantities.format(resource, amount),
		maximum,
	])
	path := array.concat(entry.path, _within(entry.container, part, resource))
}

deny contains {"msg": msg, "path": entry.path} if {
	some [part, resource], maximum in _maxima
	quantities.milli(maximum)
	some entry in resources.containers
	not requests.container(entry.container, part, resource, defaults.of_resource)
	not _of_the_pod(part, resource)
	msg := sprintf("%s sets no %s.%s, which may be %s at most", [entry.label, part, resource, maximum])
}

_of_the_pod(part, resource) if {
	spec := pods.spec(input.resource)
	quantities.milli(spec.resources[part][resource])
}

_verbs := {"limits": "is limited to", "requests": "requests"}

_within(container, part, resource) := ["resources", part, resource] if {
	_ := container.resources[part][resource]
} else := []
