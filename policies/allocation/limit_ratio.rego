# METADATA
# title: Limits far above requests
# description: |
#   The further a limit is above the request, the more of a node is promised
#   twice. How many times the request a limit may be is given by the parameters
#   max_cpu_limit_ratio and max_memory_limit_ratio; 0, the default, leaves it
#   open. A container with a request and no limit has no bound, and one with
#   neither nothing to compare; both exceed what is given. Defaults of a
#   LimitRange count, and where the pod itself has the limit, its own ratio does.
# custom:
#   id: allocation/limit-ratio
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: Raise resources.requests or lower resources.limits of the container, or set what is missing.
#   scope: resource
#   params:
#     max_cpu_limit_ratio: 0
#     max_memory_limit_ratio: 0
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
package holdfast.allocation.limit_ratio

import data.holdfast.lib.defaults
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests
import data.holdfast.lib.resources

_ratios := {
	"cpu": data.holdfast.params.max_cpu_limit_ratio,
	"memory": data.holdfast.params.max_memory_limit_ratio,
}

deny contains {"msg": msg, "path": array.concat(subject.path, ["resources"])} if {
	some resource, ratio in _ratios
	ratio > 0
	some subject in _subjects(resource)
	phrase := _fault(subject.owner, resource, ratio)
	msg := sprintf("%s %s", [subject.label, phrase])
}

# The pod, if it has a limit of its own, else its containers.
_subjects(resource) := [{"label": "the pod", "path": pods.spec_path(input.resource), "owner": owner}] if {
	owner := _effective(resource)
} else := [{"label": entry.label, "path": entry.path, "owner": entry.container} | some entry in resources.containers]

# The pod as if it were one container.
_effective(resource) := {"resources": {
	"requests": {resource: sprintf("%dm", [requests.of_pod(spec, "requests", resource, defaults.of_resource)])},
	"limits": {resource: spec.resources.limits[resource]},
}} if {
	spec := pods.spec(input.resource)
}

_fault(owner, resource, ratio) := sprintf("is limited to %s %s, more than %v times its request of %s", [
	resource,
	quantities.format(resource, limit),
	ratio,
	quantities.format(resource, requested),
]) if {
	limit := requests.container(owner, "limits", resource, defaults.of_resource)
	requested := requests.container(owner, "requests", resource, defaults.of_resource)
	limit > requested * ratio
}

_fault(owner, resource, _) := sprintf("has no limit for %s to compare with its request", [resource]) if {
	not requests.container(owner, "limits", resource, defaults.of_resource)
}
