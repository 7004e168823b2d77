# METADATA
# title: Images without a digest
# description: |
#   A tag can be moved: what runs tomorrow under a tag need not be what was
#   tested today, nor what was scanned. A digest names the content. Kubernetes
#   documentation, "Images", image digest.
# custom:
#   id: security/image-digest
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/cm-2]
#   remediation: >-
#     Append the digest to the image (registry/app:1.2.3@sha256:…), and let a bot raise both.
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
package holdfast.security.image_digest

import data.holdfast.lib.images
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	_ := images.repository(image)
	not images.digest(image)
	msg := sprintf("%s runs image %q, which has no digest", [entry.label, image])
	path := array.concat(entry.path, ["image"])
}
