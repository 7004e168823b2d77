# METADATA
# title: Required labels and annotations
# description: |
#   What a list of requirements asks of a resource's labels or annotations. A
#   requirement is a key, or {"key", "allowed_regex", "kinds"}: a pattern that
#   the value must match, and the kinds that it is about. Left out, these are
#   the workloads and Namespace.
package holdfast.lib.requirements

_default_kinds := {
	"Namespace",
	"Pod",
	"ReplicationController",
	"Deployment",
	"StatefulSet",
	"DaemonSet",
	"ReplicaSet",
	"Job",
	"CronJob",
}

# faults is the set of {"key", "phrase", "path"} of what a resource lacks, field
# being "labels" or "annotations".
faults(resource, field, requirements) := {fault |
	some requirement in requirements
	key := _key(requirement)
	resource.kind in _kinds(requirement)
	fault := _fault(resource, field, key, requirement)
}

_key(requirement) := requirement if is_string(requirement)

_key(requirement) := requirement.key if is_string(requirement.key)

_kinds(requirement) := {kind | some kind in requirement.kinds} if {
	_ := requirement.kinds[0]
} else := _default_kinds

_fault(resource, field, key, requirement) := {
	"key": key,
	"phrase": sprintf("is %q, not as %s", [resource.metadata[field][key], requirement.allowed_regex]),
	"path": ["metadata", field, key],
} if {
	_is_set(resource.metadata[field][key])
	_differs(resource.metadata[field][key], requirement.allowed_regex)
}

_fault(resource, field, key, _) := {"key": key, "phrase": "is missing", "path": _parent(resource, field)} if {
	not _has(resource.metadata, field, key)
}

_has(metadata, field, key) if _is_set(metadata[field][key])

# An empty value says nothing.
_is_set(value) if {
	is_string(value)
	trim_space(value) != ""
}

_differs(value, pattern) if {
	regex.is_valid(pattern)
	not regex.match(pattern, value)
}

_parent(resource, field) := ["metadata", field] if {
	is_object(resource.metadata[field])
} else := ["metadata"]
