# METADATA
# title: Moving images that are not pulled
# description: |
#   An image with the tag latest, or without a tag, is another on each node if
#   imagePullPolicy is IfNotPresent or Never: each node keeps what it once
#   pulled, with the faults that have been mended since. Where the policy is
#   left out it is Always. Kubernetes documentation, "Images", image pull
#   policy.
# custom:
#   id: security/image-pull-policy
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Name a version in the image, or leave imagePullPolicy out.
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
package holdfast.security.image_pull_policy

import data.holdfast.lib.images
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	entry.container.imagePullPolicy in {"IfNotPresent", "Never"}
	image := entry.container.image
	_ := images.repository(image)
	images.moving(image)
	msg := sprintf("%s runs image %q and pulls it by policy %s", [entry.label, image, entry.container.imagePullPolicy])
	path := array.concat(entry.path, ["imagePullPolicy"])
}
