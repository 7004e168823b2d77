# METADATA
# title: Images taken from the node's cache
# description: |
#   Unless imagePullPolicy is Always, a pod may run an image that another pod
#   pulled with credentials that this one does not have, and a moved tag is seen
#   on new nodes only. An image with a digest passes. Asked of clusters that
#   several teams share. Kubernetes documentation, admission controller
#   AlwaysPullImages; CIS Kubernetes Benchmark 1.2.11.
# custom:
#   id: security/image-always-pull
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set imagePullPolicy to Always, or name the image by digest.
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
package holdfast.security.image_always_pull

import data.holdfast.lib.images
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": entry.path} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	_ := images.repository(image)
	not images.digest(image)
	_policy(entry.container) != "Always"
	msg := sprintf("%s runs image %q and pulls it by policy %s", [entry.label, image, _policy(entry.container)])
}

_policy(container) := container.imagePullPolicy if {
	is_string(container.imagePullPolicy)
} else := "Always" if {
	images.moving(container.image)
} else := "IfNotPresent"
