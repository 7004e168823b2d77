# METADATA
# title: Defaults of a namespace
# description: |
#   What the LimitRanges of a namespace give to containers that leave it out.
package holdfast.lib.defaults

import data.holdfast.lib.names

# of_resource has the defaults for containers of the resource under judgement:
# {"limits": {resource: quantity}, "requests": {…}}.
of_resource := of_namespace(input.target.name, names.namespace(input.resource))

# of_namespace has those of a namespace of a target.
#
# As in the API, the greatest limit that is permitted is the default limit where
# there is none, the default limit the default request, and else the least one.
of_namespace(target, namespace) := {
	"limits": _first([object.union(limit.max, limit["default"]) | some limit in items]),
	"requests": _first([all_of |
		some limit in items
		all_of := object.union_n([limit.min, limit.max, limit["default"], limit.defaultRequest])
	]),
} if {
	items := [item |
		some limit_range in data.holdfast.resources[target]["core/LimitRange"][namespace]
		some limit in limit_range.spec.limits
		limit.type == "Container"
		item := {field: _object(limit, field) | some field in ["min", "max", "default", "defaultRequest"]}
	]
}

_object(limit, field) := limit[field] if {
	is_object(limit[field])
} else := {}

# The first to give a default has its way.
_first(objects) := object.union_n(array.reverse(objects))
