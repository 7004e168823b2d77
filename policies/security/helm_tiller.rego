# METADATA
# title: Tiller in the cluster
# description: |
#   Tiller, the server of Helm 2, acts with all its rights for everyone who
#   reaches its port, and has been without security fixes since November 2020.
#   Helm documentation, "Helm v2 to v3".
# custom:
#   id: security/helm-tiller
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/si-2]
#   remediation: >-
#     Remove Tiller, and move the releases to Helm 3.
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
package holdfast.security.helm_tiller

import data.holdfast.lib.images
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": array.concat(entry.path, ["image"])} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	endswith(images.repository(image), "/tiller")
	msg := sprintf("%s runs Tiller, image %q", [entry.label, image])
}
