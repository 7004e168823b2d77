# METADATA
# title: What a workload requests
# description: |
#   A pod's requests and limits as the scheduler and ResourceQuota count them, and
#   how many pods a workload asks for.
package holdfast.lib.requests

import data.holdfast.lib.placeholders
import data.holdfast.lib.quantities

# pod is what one pod of this spec requests of "cpu" or "memory", in thousandths.
pod(spec, resource) := amount(spec, "requests", resource, {})

# amount is what one pod of this spec requests of a resource, or is limited to,
# in thousandths, where a container that says nothing has the given defaults.
#
# As in KEP-753, it is the greater of what its containers and sidecars have
# together, and of what each init container has beside the sidecars started
# before it; and the pod's overhead. What the pod itself has takes the place of
# all but that.
amount(spec, part, resource, defaults) := total if {
	own := of_pod(spec, part, resource, defaults)
	total := own + _overhead(spec, part, resource, own)
}

# of_pod is the same without the overhead. A pod's own limit is its request as
# well, unless its containers request some.
of_pod(spec, part, resource, defaults) := own if {
	pod_level(resource)
	own := quantities.milli(spec.resources[part][resource])
} else := own if {
	part == "requests"
	pod_level(resource)
	own := quantities.milli(spec.resources.limits[resource])
	of_containers(spec, part, resource, defaults) == 0
} else := of_containers(spec, part, resource, defaults)

# pod_level is true for what a pod may have for all of its containers.
pod_level(resource) if resource in {"cpu", "memory"}

pod_level(resource) if {
	is_string(resource)
	startswith(resource, "hugepages-")
}

# of_containers is what the containers of all sorts have. What a sidecar has
# beside those before it is never more than what all have together.
of_containers(spec, part, resource, defaults) := _together(spec, part, resource, defaults) if {
	not spec.initContainers
} else := max(array.concat(
	[_together(spec, part, resource, defaults) + sum(sidecars)],
	[beside |
		some i, item in init
		beside := container(item, part, resource, defaults) + sum(array.slice(sidecars, 0, i))
	],
)) if {
	init := [item | some item in spec.initContainers]
	sidecars := [_of_sidecar(item, part, resource, defaults) | some item in init]
}

_together(spec, part, resource, defaults) := sum([own |
	some item in spec.containers
	own := container(item, part, resource, defaults)
])

# sidecar is true for an init container that keeps running.
sidecar(container) if container.restartPolicy == "Always"

_of_sidecar(item, part, resource, defaults) := container(item, part, resource, defaults) if {
	sidecar(item)
} else := 0

# container is what one container requests or is limited to. It is undefined
# where neither it nor the defaults say. A limit without a request is the
# request, before any default.
container(item, part, resource, defaults) := own if {
	own := quantities.milli(item.resources[part][resource])
} else := limit if {
	part == "requests"
	limit := quantities.milli(item.resources.limits[resource])
} else := quantities.milli(defaults[part][resource])

# Overhead alone makes no limit.
_overhead(spec, part, resource, own) := overhead if {
	[part, own] != ["limits", 0]
	overhead := quantities.milli(spec.overhead[resource])
} else := 0

# replicas is how many pods a workload asks for at a time. It is undefined for a
# DaemonSet, whose number is that of the nodes, and where it is yet to be filled in.
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
} else := 1 if {
	not _to_be_filled_in(spec, field)
}

_to_be_filled_in(spec, field) if placeholders.within(spec[field])

# surge is how many pods a Deployment of so many runs beside them while it is
# rolled out; by default a quarter of them, rounded up.
surge(workload, count) := 0 if {
	workload.kind != "Deployment"
} else := 0 if {
	workload.spec.strategy.type == "Recreate"
} else := workload.spec.strategy.rollingUpdate.maxSurge if {
	is_number(workload.spec.strategy.rollingUpdate.maxSurge)
} else := _percent(to_number(match[1]), count) if {
	is_string(workload.spec.strategy.rollingUpdate.maxSurge)
	some match in regex.find_all_string_submatch_n(`^([0-9]{1,4})%$`, workload.spec.strategy.rollingUpdate.maxSurge, 1)
} else := _percent(25, count)

_percent(percent, count) := ceil((percent * count) / 100)
