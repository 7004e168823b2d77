# Samples that the rules' tests build on.
package holdfast.lib.samples_test

# deployment is a Deployment "web" around a pod's spec, template the path to it.
deployment(spec) := {
	"apiVersion": "apps/v1",
	"kind": "Deployment",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": {"template": {"spec": spec}},
}

template := ["spec", "template", "spec"]

# in_pod is the path to something in the spec of deployment's pod.
in_pod(path) := array.concat(template, path)

# of is the input in which a resource is judged before merge.
of(resource) := {
	"resource": resource,
	"live": null,
	"change": null,
	"target": {"name": "prod", "driver": "kubernetes", "path": "clusters/prod", "mode": "apply"},
	"phase": "check",
}

file(spec) := {
	"apiVersion": "host.holdfast.dev/v1",
	"kind": "File",
	"metadata": {"name": "app"},
	"spec": spec,
}

directory(spec) := object.union(file(spec), {"kind": "Directory"})

# stored lays resources out as data.holdfast.resources has them, all in target
# prod. It is given [group/kind, resource] pairs.
stored(pairs) := {"prod": object.union_n([layer |
	some pair in pairs
	metadata := pair[1].metadata
	namespace := object.get(metadata, "namespace", "")
	layer := {pair[0]: {namespace: {metadata.name: pair[1]}}}
])}
