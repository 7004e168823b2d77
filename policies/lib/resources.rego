# METADATA
# title: Resources of a pod
# description: What in the pod of the resource under judgement may have requests and limits.
package holdfast.lib.resources

import data.holdfast.lib.defaults
import data.holdfast.lib.pods
import data.holdfast.lib.requests

# holders are the containers, the init containers and the pod itself, each with
# its requests and limits, {} where it has none, and the path to its resources.
# An ephemeral container cannot have any.
holders contains holder if {
	some entry in containers
	holder := _holder(entry.label, entry.path, entry.container)
}

holders contains holder if {
	spec := pods.spec(input.resource)
	is_object(spec.resources)
	holder := _holder("the pod", pods.spec_path(input.resource), spec)
}

# containers are the entries of lib/pods without the ephemeral ones.
containers contains entry if {
	some entry in pods.containers(input.resource)
	entry.field != "ephemeralContainers"
}

# values are all of their quantities, with the path to each.
values contains value if {
	some holder in holders
	some part in ["requests", "limits"]
	some resource, quantity in holder[part]
	value := {
		"label": holder.label,
		"path": array.concat(holder.path, ["resources", part, resource]),
		"part": part,
		"resource": resource,
		"quantity": quantity,
	}
}

_holder(label, path, owner) := {
	"label": label,
	"path": path,
	"requests": _part(owner, "requests"),
	"limits": _part(owner, "limits"),
}

_part(owner, part) := owner.resources[part] if {
	is_object(owner.resources[part])
} else := {}

# given is true if a container has a request or limit for a resource: its own,
# the pod's, or by default of its namespace.
given(container, part, resource) if _written(container, part, resource)

given(_, part, resource) if {
	requests.pod_level(resource)
	_written(pods.spec(input.resource), part, resource)
}

given(_, part, resource) if _ := defaults.of_resource[part][resource]

# A limit is the request where there is none.
_written(owner, part, resource) if {
	some field in {part, "limits"}
	owner.resources[field][resource] != null
}
