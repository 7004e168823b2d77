# METADATA
# title: Images whose tag is no version
# description: |
#   A tag without a digit (stable, main, alpine), and one of nightly or latest
#   builds (latest-alpine, nightly-2), is moved with each build, as latest is.
#   An image with a digest passes; latest and no tag at all are
#   security/image-tag. Kubernetes documentation, "Images", image names.
# custom:
#   id: security/image-floating-tag
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/cm-2]
#   remediation: >-
#     Name a version in the container's image (registry/app:1.2.3), or a digest
#     (registry/app@sha256:…).
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
package holdfast.security.image_floating_tag

import data.holdfast.lib.images
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": array.concat(entry.path, ["image"])} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	tag := images.tag(image)
	_floating(tag)
	not images.digest(image)
	msg := sprintf("%s runs image %q, whose tag is no version", [entry.label, image])
}

_floating(tag) if {
	not regex.match(`[0-9]`, tag)
	tag != "latest"
}

_floating(tag) if regex.match(`(?i)(?:^|[._-])(?:latest|nightly)[._-]|[._-](?:latest|nightly)$`, tag)
