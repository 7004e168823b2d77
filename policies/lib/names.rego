# METADATA
# title: Names and reasons
package holdfast.lib.names

# title is a resource's kind and name as messages write them: Deployment "web".
# A resource whose name is yet to be generated goes by its prefix.
title(resource) := sprintf("%s %q", [resource.kind, resource.metadata.name]) if {
	is_string(resource.metadata.name)
} else := sprintf("%s %q", [resource.kind, resource.metadata.generateName]) if {
	is_string(resource.metadata.generateName)
} else := resource.kind

# identity is what a finding's "resource" holds, for rules that look at more
# than one.
identity(target, resource) := {
	"target": target,
	"apiVersion": resource.apiVersion,
	"kind": resource.kind,
	"namespace": namespace(resource),
	"name": resource.metadata.name,
}

# namespace is "" for a resource that has none.
namespace(resource) := resource.metadata.namespace if {
	is_string(resource.metadata.namespace)
} else := ""

# reason is true if the annotation gives one.
reason(resource, annotation) if {
	text := resource.metadata.annotations[annotation]
	is_string(text)
	trim_space(text) != ""
}
