# METADATA
# title: Requests far above what is used
# description: |
#   Where measured use is known, a container's pods should not request many times
#   of it: what is requested is reserved, and paid for. Use is the 95th percentile of
#   one pod, as data.holdfast.metrics or the parameter measured_use has it: {prod:
#   {apps/Deployment: {shop: {web: {cpu: {p95: 120m}, memory: {p95: 300Mi}}}}}}, by
#   target, kind, namespace and name. A request may be as many times the use as the
#   parameter max_request_to_use says, and what is spare by less than 100m of CPU or
#   128Mi of memory is let be. Without such data nothing is said. FinOps Framework,
#   "Usage Optimization".
# custom:
#   id: allocation/oversized
#   category: allocation
#   severity: low
#   profile: recommended
#   remediation: Lower resources.requests towards what is used, with room for peaks.
#   scope: resource
#   params:
#     measured_use: {}
#     max_request_to_use: 4
#   kinds:
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.oversized

import data.holdfast.lib.defaults
import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests

warn contains {"msg": msg, "path": pods.spec_path(input.resource)} if {
	some resource, spare in {"cpu": 100, "memory": 134217728000}
	used := quantities.milli(_use[resource].p95)
	requested := requests.of_pod(pods.spec(input.resource), "requests", resource, defaults.of_resource)
	requested > used * data.holdfast.params.max_request_to_use
	requested - used >= spare
	msg := sprintf("a pod requests %s %s and uses %s", [
		resource,
		quantities.format(resource, requested),
		quantities.format(resource, used),
	])
}

_use := measured if {
	measured := data.holdfast.metrics[input.target.name][_group_kind][_namespace][_name]
} else := data.holdfast.params.measured_use[input.target.name][_group_kind][_namespace][_name]

_group_kind := concat("/", [_group, input.resource.kind])

_group := "core" if {
	is_string(input.resource.apiVersion)
	not contains(input.resource.apiVersion, "/")
} else := split(input.resource.apiVersion, "/")[0] if {
	is_string(input.resource.apiVersion)
}

_namespace := names.namespace(input.resource)

_name := input.resource.metadata.name
