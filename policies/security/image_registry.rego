# METADATA
# title: Images of registries that are not allowed
# description: |
#   Where the parameter allowed_registries has elements, each image must be
#   below one of them: a registry (registry.example.com), or a registry and the
#   beginning of a path (registry.example.com/shop, docker.io/library). An
#   element ends where a name does; nginx is docker.io/library/nginx. An empty
#   list allows all. CIS Kubernetes Benchmark 5.5.1.
# custom:
#   id: security/image-registry
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cm-7]
#   remediation: >-
#     Copy the image to a registry of the parameter allowed_registries, or add its registry there.
#   params:
#     allowed_registries: []
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.image_registry

import data.holdfast.lib.images
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	_ := data.holdfast.params.allowed_registries[0]
	some entry in pods.containers(input.resource)
	image := entry.container.image
	_ := images.repository(image)
	not _allowed(image)
	msg := sprintf("%s runs image %q, which is of no allowed registry", [entry.label, image])
	path := array.concat(entry.path, ["image"])
}

_allowed(image) if {
	some place in data.holdfast.params.allowed_registries
	images.within(image, place)
}
