# METADATA
# title: What a workload requests
# description: |
#   A pod's requests as the scheduler and ResourceQuota count them, and how many
#   pods a workload asks for.
package holdfast.lib.requests

import data.holdfast.lib.quantities

# pod is what one pod of this spec requests of "cpu" or "memory", in thousandths.
#
# It is the greater of what its containers and sidecars request together, and of
# what each init container requests beside the sidecars started before it; and
# the pod's overhead. Requests of the pod itself take the place of all but that.
pod(spec, resource) := _own(spec, resource) + _overhead(spec, resource)

_own(spec, resource) := amount if {
	amount := quantities.milli(spec.resources.requests[resource])
} else := max(array.concat(
	[_together(spec, resource) + _sidecars(spec, count(_init(spec)), resource)],
	[beside |
		some i, container in _init(spec)
		not _is_sidecar(container)
		beside := _container(container, resource) + _sidecars(spec, i, resource)
	],
))

_init(spec) := [container | some container in spec.initContainers]

_together(spec, resource) := sum([_container(container, resource) | some container in spec.containers])

# The sidecars among the first n init containers.
_sidecars(spec, n, resource) := sum([_container(container, resource) |
	some i, container in _init(spec)
	i < n
	_is_sidecar(container)
])

_is_sidecar(container) if container.restartPolicy == "Always"

# A limit without a request is the request.
_container(container, resource) := amount if {
	amount := quantities.milli(container.resources.requests[resource])
} else := amount if {
	amount := quantities.milli(container.resources.limits[resource])
} else := 0

_overhead(spec, resource) := amount if {
	amount := quantities.milli(spec.overhead[resource])
} else := 0

# replicas is how many pods a workload asks for at a time. It is undefined for a
# DaemonSet, whose number is that of the nodes.
replicas(workload) := 1 if workload.kind == "Pod"

replicas(workload) := _number(workload.spec, "replicas") if {
	workload.kind in {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}
}

replicas(workload) := _job(workload.spec) if workload.kind == "Job"

replicas(workload) := _cronjob(workload.spec) if workload.kind == "CronJob"

_cronjob(spec) := 0 if {
	spec.suspend == true
} else := _job(spec.jobTemplate.spec)

_job(spec) := 0 if {
	spec.suspend == true
} else := min([_number(spec, "parallelism"), spec.completions]) if {
	is_number(spec.completions)
} else := _number(spec, "parallelism")

# The API's default is 1 for each of these.
_number(spec, field) := spec[field] if {
	is_number(spec[field])
} else := 1
