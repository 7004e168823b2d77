# METADATA
# title: What a LimitRange permits
# description: |
#   A container or pod beyond what a LimitRange of its namespace permits (max,
#   min, maxLimitRequestRatio) is refused, and so is one whose request is above
#   the limit that the LimitRange gives by default. So is a claim for more or less
#   storage than permitted. Kubernetes, "Limit Ranges".
# custom:
#   id: allocation/limit-range
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Keep requests and limits within the bounds of the LimitRange, or change those.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - core/PersistentVolumeClaim
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.allocation.limit_range

import data.holdfast.lib.claims
import data.holdfast.lib.defaults
import data.holdfast.lib.names
import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": subject.path} if {
	some item in _items
	some subject in _subjects(item.limit.type)
	some phrase in _faults(subject, item.limit)
	msg := sprintf("%s %s in %s", [subject.label, phrase, names.title(item.owner)])
}

# The request is above the limit that is given by default.
deny contains {"msg": msg, "path": entry.path} if {
	some resource, quantity in defaults.of_resource.limits
	some entry in resources.containers
	requested := quantities.milli(entry.container.resources.requests[resource])
	limit := quantities.milli(quantity)
	requested > limit
	not _limited(entry.container, resource)
	msg := sprintf("%s requests %s %s, more than the default limit of %s in its namespace", [
		entry.label,
		resource,
		quantities.format(resource, requested),
		quantities.format(resource, limit),
	])
}

_limited(container, resource) if quantities.milli(container.resources.limits[resource])

_items contains {"limit": limit, "owner": limit_range} if {
	namespace := names.namespace(input.resource)
	some limit_range in data.holdfast.resources[input.target.name]["core/LimitRange"][namespace]
	some written in limit_range.spec.limits
	limit := {field: bounds |
		some field, bounds in written
		_whole(bounds)
	}
}

# A type, or amounts by resource.
_whole(bounds) if is_string(bounds)

_whole(bounds) if is_object(bounds)

# What a LimitRange of a type is about.
_subjects("Container") := [{"label": entry.label, "path": entry.path, "of": "container", "it": entry.container} |
	some entry in resources.containers
]

_subjects("Pod") := [{"label": "the pod", "path": pods.spec_path(input.resource), "of": "pod", "it": pods.spec(input.resource)}]

_subjects("PersistentVolumeClaim") := [{"label": claim.label, "path": claim.path, "of": "container", "it": claim.spec} |
	some claim in claims.of(input.resource)
]

_amount(subject, part, resource) := requests.container(subject.it, part, resource, defaults.of_resource) if {
	subject.of == "container"
}

# A pod has a limit only if all of its containers have one.
_amount(subject, part, resource) := requests.of_pod(subject.it, part, resource, defaults.of_resource) if {
	subject.of == "pod"
	every entry in resources.containers {
		resources.given(entry.container, part, resource)
	}
}

_faults(subject, limit) := ({phrase |
	some resource, quantity in limit.max
	most := quantities.milli(quantity)
	[verb, amount] := _greatest(subject, resource)
	amount > most
	phrase := _phrase(verb, resource, amount, "more than", most)
} | {phrase |
	some resource, quantity in limit.min
	least := quantities.milli(quantity)
	amount := _amount(subject, "requests", resource)
	amount < least
	phrase := _phrase("requests", resource, amount, "less than", least)
}) | {phrase |
	some resource, quantity in limit.maxLimitRequestRatio
	ratio := quantities.milli(quantity)
	most := _amount(subject, "limits", resource)
	requested := _amount(subject, "requests", resource)
	most * 1000 > requested * ratio
	phrase := sprintf("is limited to %s %s, more than %v times its request of %s, the most", [
		resource,
		quantities.format(resource, most),
		quantity,
		quantities.format(resource, requested),
	])
}

# A request is never above the limit, so that one of them is enough.
_greatest(subject, resource) := ["is limited to", amount] if {
	amount := _amount(subject, "limits", resource)
} else := ["requests", _amount(subject, "requests", resource)]

_phrase(verb, resource, amount, than, bound) := sprintf("%s %s %s, %s the %s", [
	verb,
	resource,
	quantities.format(resource, amount),
	than,
	quantities.format(resource, bound),
])
