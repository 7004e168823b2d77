# METADATA
# title: Requests and limits
# description: |
#   A container without requests for CPU and memory is placed without regard to
#   what it needs, and without a limit for memory it can starve its node. A
#   limit serves as the request where there is none, as in the API; the pod's
#   own resources, and the defaults of a LimitRange in the same namespace and
#   target, count too. Ephemeral containers cannot have any. A CPU limit is not
#   asked for.
# custom:
#   id: allocation/requests-and-limits
#   category: allocation
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set resources.requests.cpu, resources.requests.memory and resources.limits.memory on the container.
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
package holdfast.allocation.requests_and_limits

import data.holdfast.lib.names
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": entry.path} if {
	some entry in pods.containers(input.resource)
	entry.field != "ephemeralContainers"
	missing := [phrase |
		some want in ["requests.cpu", "requests.memory", "limits.memory"]
		[part, resource] := split(want, ".")
		not _set(entry.container, part, resource)
		phrase := want
	]
	count(missing) > 0
	msg := sprintf("%s does not set %s", [entry.label, concat(", ", missing)])
}

_set(container, part, resource) if _given(container, part, resource)

_set(_, part, resource) if _given(pods.spec(input.resource), part, resource)

_set(_, "limits", resource) if _ := _defaults[_]["default"][resource]

# A LimitRange's default limit is the default request too.
_set(_, "requests", resource) if _ := _defaults[_].defaultRequest[resource]

_set(_, "requests", resource) if _ := _defaults[_]["default"][resource]

_given(holder, part, resource) if _ := holder.resources[part][resource]

_given(holder, "requests", resource) if _ := holder.resources.limits[resource]

_defaults contains limit if {
	namespace := names.namespace(input.resource)
	some limit_range in data.holdfast.resources[input.target.name]["core/LimitRange"][namespace]
	some limit in limit_range.spec.limits
	limit.type == "Container"
}
