# METADATA
# title: Claims of storage
# description: The claims that a resource is, or that it makes for its pods.
package holdfast.lib.claims

import data.holdfast.lib.pods

# of has the claims of a resource, each with its spec, the path to that, and its
# name for messages. "each" says whether each pod has one of its own.
of(resource) := [{
	"spec": resource.spec,
	"path": ["spec"],
	"label": "the claim",
	"each": false,
}] if {
	resource.kind == "PersistentVolumeClaim"
} else := array.concat(
	[claim |
		resource.kind == "StatefulSet"
		some i, template in resource.spec.volumeClaimTemplates
		claim := _each(template, ["spec", "volumeClaimTemplates", i], template.metadata.name)
	],
	[claim |
		some i, volume in pods.spec(resource).volumes
		claim := _each(
			volume.ephemeral.volumeClaimTemplate,
			array.concat(pods.spec_path(resource), ["volumes", i, "ephemeral", "volumeClaimTemplate"]),
			volume.name,
		)
	],
)

_each(template, path, name) := {
	"spec": template.spec,
	"path": array.concat(path, ["spec"]),
	"label": sprintf("the claim %q", [name]),
	"each": true,
}
