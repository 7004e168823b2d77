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

_sorts := {
	"containers": "container",
	"initContainers": "init container",
	"ephemeralContainers": "ephemeral container",
}

# spec_path leads from a workload's root to its pod's spec. It is undefined
# for a kind that has none.
spec_path(resource) := _spec_paths[resource.kind]

spec(resource) := resource.spec if resource.kind == "Pod"

spec(resource) := resource.template.spec if resource.kind == "PodTemplate"

spec(resource) := resource.spec.jobTemplate.spec.template.spec if resource.kind == "CronJob"

spec(resource) := resource.spec.template.spec if _spec_paths[resource.kind] == _template_path

# containers is the set of a workload's containers, each as
# {"container", "field", "path", "label"}: its content, the list that it is in,
# the path to it, and its name for messages: init container "migrate".
containers(resource) := {entry |
	some field, sort in _sorts
	some i, container in spec(resource)[field]
	is_object(container)
	entry := {
		"container": container,
		"field": field,
		"path": array.concat(spec_path(resource), [field, i]),
		"label": _label(sort, container, i),
	}
}

_label(sort, container, i) := sprintf("%s %q", [sort, container.name]) if {
	is_string(container.name)
} else := sprintf("%s %d", [sort, i])

# windows is true for a pod that says that it runs on Windows.
windows(resource) if spec(resource).os.name == "windows"

# user_namespace is true for a pod whose users are not those of the node.
user_namespace(resource) if spec(resource).hostUsers == false
