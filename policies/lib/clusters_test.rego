# Clusters that the tests of rules over many resources look at, from the YAML
# that a user would write.
package holdfast.lib.clusters_test

# documents are those of a text, in order.
documents(text) := [yaml.unmarshal(part) | some part in split(text, "\n---\n")]

# of lays resources out as data.holdfast.resources has them, all in target prod.
of(resources) := in_target("prod", resources)

in_target(target, resources) := {target: object.union_n([layer |
	some resource in resources
	namespace := object.get(resource, ["metadata", "namespace"], "")
	layer := {group_kind(resource): {namespace: {resource.metadata.name: resource}}}
])}

# from is of for a text.
from(text) := of(documents(text))

group_kind(resource) := concat("/", [_group(split(resource.apiVersion, "/")), resource.kind])

_group([_]) := "core"

_group([group, _]) := group

# identity is what a finding about a resource of target prod names.
identity(resource) := {
	"target": "prod",
	"apiVersion": resource.apiVersion,
	"kind": resource.kind,
	"namespace": object.get(resource, ["metadata", "namespace"], ""),
	"name": resource.metadata.name,
}

# make is a resource in namespace shop.
make(version, kind, name, spec) := {
	"apiVersion": version,
	"kind": kind,
	"metadata": {"name": name, "namespace": "shop"},
	"spec": spec,
}

# workload is one of group apps, of so many replicas, with the label app.
workload(kind, name, replicas) := make("apps/v1", kind, name, {
	"replicas": replicas,
	"selector": {"matchLabels": {"app": name}},
	"template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name}]}},
})

# with_pod is the workload with more in its pod's spec.
with_pod(workload, more) := object.union(workload, {"spec": {"template": {"spec": more}}})

# with_spec is the resource with more in its spec.
with_spec(resource, more) := object.union(resource, {"spec": more})

# annotated is the resource with annotations.
annotated(resource, annotations) := object.union(resource, {"metadata": {"annotations": annotations}})

# at is the same resource under other metadata.
at(resource, metadata) := object.union(resource, {"metadata": metadata})

# about_all is the input of a rule over the whole snapshot.
about_all := {"resource": null, "live": null, "change": null, "target": null, "phase": "check"}
