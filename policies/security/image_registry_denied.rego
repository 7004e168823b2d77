# METADATA
# title: Images of registries that are denied
# description: |
#   No image may be below an element of the parameter denied_registries: a
#   registry (docker.io), or a registry and the beginning of a path
#   (docker.io/bitnami). An element ends where a name does; nginx is
#   docker.io/library/nginx. CIS Kubernetes Benchmark 5.5.1.
# custom:
#   id: security/image-registry-denied
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cm-7]
#   remediation: >-
#     Take the image from another registry than those of the parameter denied_registries.
#   params:
#     denied_registries: []
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
package holdfast.security.image_registry_denied

import data.holdfast.lib.images
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	_denied(image)
	msg := sprintf("%s runs image %q, which is of a denied registry", [entry.label, image])
	path := array.concat(entry.path, ["image"])
}

_denied(image) if {
	some place in data.holdfast.params.denied_registries
	images.within(image, place)
}
