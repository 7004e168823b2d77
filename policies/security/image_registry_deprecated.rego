# METADATA
# title: Images of registries that were given up
# description: |
#   The registry k8s.gcr.io is frozen since April 2023 and gets no security
#   fixes; gcr.io/google_containers and gcr.io/google-containers, with their
#   regional mirrors, are older still. The images are at registry.k8s.io.
#   docker.pkg.github.com gave way to ghcr.io. Kubernetes blog, "k8s.gcr.io
#   Image Registry Will Be Frozen From the 3rd of April 2023".
# custom:
#   id: security/image-registry-deprecated
#   category: security
#   severity: medium
#   profile: starter
#   controls: [nist-800-53/si-2]
#   remediation: >-
#     Take the image from registry.k8s.io, or from ghcr.io for one of docker.pkg.github.com.
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
package holdfast.security.image_registry_deprecated

import data.holdfast.lib.images
import data.holdfast.lib.pods

_pattern := `^(?:k8s\.gcr\.io|(?:(?:us|eu|asia)\.)?gcr\.io/google[_-]containers|docker\.pkg\.github\.com)/`

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	regex.match(_pattern, images.repository(image))
	msg := sprintf("%s runs image %q, whose registry was given up", [entry.label, image])
	path := array.concat(entry.path, ["image"])
}
