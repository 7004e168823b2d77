# METADATA
# title: Volume claims
# description: |
#   The claims of all targets whose data are somebody's: those that StatefulSets
#   make from templates, and PersistentVolumeClaims that a workload mounts.
package holdfast.lib.data_claims

import data.holdfast.lib.groups

# of_template is a claim that a StatefulSet makes from a template. Its name has a
# number at the end, without which it is the stem. words are what else it is
# known by.
of_template(namespace, stateful_set, template) := {
	"namespace": namespace,
	"stem": sprintf("%v-%v", [template.metadata.name, stateful_set.metadata.name]),
	"labels": object.union(
		_map(template, ["metadata", "labels"]),
		_map(stateful_set, ["spec", "selector", "matchLabels"]),
	),
	"annotations": _map(template, ["metadata", "annotations"]),
	"pods": [_pod(_map(stateful_set, ["spec", "template"]), template.metadata.name)],
	"words": ({stateful_set.metadata.name} | {name | name := stateful_set.spec.serviceName}),
}

# of_resource is a PersistentVolumeClaim's.
of_resource(target, namespace, name, resource) := {
	"namespace": namespace,
	"name": name,
	"labels": _map(resource, ["metadata", "labels"]),
	"annotations": _map(resource, ["metadata", "annotations"]),
	"pods": [use.pod | some use in uses],
	"words": ({name} | {use.name | some use in uses}),
} if {
	uses := object.get(_users, [[target, namespace, name]], [])
}

# mounted is true for a PersistentVolumeClaim that a workload of its target mounts.
mounted(target, namespace, name) if _ := _users[[target, namespace, name]]

_workloads := {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}

# The workloads that mount a claim of this place and name.
_users := groups.distinct_by_first([[[target, namespace, claim], use] |
	some target, kinds in data.holdfast.resources
	some kind in _workloads
	some namespace, by_name in kinds[concat("/", ["apps", kind])]
	some name, workload in by_name
	some volume in workload.spec.template.spec.volumes
	claim := volume.persistentVolumeClaim.claimName
	use := {"name": name, "pod": _pod(workload.spec.template, volume.name)}
])

_pod(template, volume) := {
	"labels": _map(template, ["metadata", "labels"]),
	"annotations": _map(template, ["metadata", "annotations"]),
	"volume": volume,
}

_map(object_of, path) := value if {
	value := object.get(object_of, path, null)
	is_object(value)
} else := {}
