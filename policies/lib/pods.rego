# METADATA
# title: Pods inside workloads
# description: |
#   Where the pod's spec lies in each kind that has one, and its containers of
#   all three sorts with their paths. The kinds are those that Pod Security
#   Admission looks into, and CronJob.
package holdfast.lib.pods

_template_path := ["spec", "template", "spec"]

_spec_paths := {
	"Pod": ["spec"],
	"PodTemplate": ["template", "spec"],
	"Deployment": _template_path,
	"StatefulSet": _template_path,
	"DaemonSet": _template_path,
	"ReplicaSet": _template_path,
	"ReplicationController": _template_path,
	"Job": _template_path,
	"CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
}

# spec_path leads from a workload's root to its pod's spec. It is undefined
# for a kind that has none.
spec_path(resource) := _spec_paths[resource.kind]

spec(resource) := resource.spec.template.spec if {
	_spec_paths[resource.kind] == _template_path
} else := resource.spec if {
	resource.kind == "Pod"
} else := resource.spec.jobTemplate.spec.template.spec if {
	resource.kind == "CronJob"
} else := resource.template.spec if {
	resource.kind == "PodTemplate"
}

# judged is the spec of the pod in the resource that is judged. It is found once
# for all rules that ask for it.
judged := spec(input.resource)

# path leads from the root of the resource that is judged to something in its
# pod's spec.
path(steps) := array.concat(spec_path(input.resource), steps)

# annotations are those of the pod itself, of which a workload's own are none.
annotations := object.get(input.resource, annotations_path, {})

annotations_path := array.concat(array.slice(steps, 0, count(steps) - 1), ["metadata", "annotations"]) if {
	steps := spec_path(input.resource)
}

# lists are the fields that hold containers, and what messages call one of each.
# To look at those of the resource that is judged, where most are not worth a
# finding:
#
#	some list, sort in pods.lists
#	some i, container in pods.judged[list]
#	container.securityContext.privileged == true # a container may be no object
#	msg := sprintf("%s is privileged", [pods.label(sort, container, i)])
#	path := pods.path([list, i, "securityContext", "privileged"])
lists := {
	"containers": "container",
	"initContainers": "init container",
	"ephemeralContainers": "ephemeral container",
}

# label is what messages call the container at place i: init container "migrate".
label(sort, container, i) := sprintf("%s %q", [sort, container.name]) if {
	is_string(container.name)
} else := sprintf("%s %d", [sort, i])

# nearest leads to a field in the spec of the pod that is judged, or to the
# object at its beginning where the field is not set.
nearest(beginning, steps) := path(array.concat(beginning, steps)) if {
	object.get(judged, array.concat(beginning, steps), null) != null
} else := path(beginning)

# containers is the set of a workload's containers, each as
# {"container", "field", "path", "label"}: its content, the list that it is in,
# the path to it, and its name for messages: init container "migrate". It takes
# its time; where most containers are passed over, go through lists.
containers(resource) := {entry |
	some field, sort in lists
	some i, container in spec(resource)[field]
	is_object(container)
	entry := {
		"container": container,
		"field": field,
		"path": array.concat(spec_path(resource), [field, i]),
		"label": label(sort, container, i),
	}
}
