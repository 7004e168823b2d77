# METADATA
# title: Running as root
# description: |
#   Pod Security Standards, restricted, "Running as Non-root", version 1.35 and
#   later: runAsNonRoot must be true for the pod or for each container, and
#   must be false nowhere. A container that leaves it out takes the pod's. Pods
#   in a user namespace (hostUsers: false) are exempt. Windows pods are not.
# custom:
#   id: security/run-as-non-root
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: >-
#     Set securityContext.runAsNonRoot: true in the pod's spec, remove runAsNonRoot: false
#     from the containers, and use an image whose user is a number other than 0.
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
package holdfast.security.run_as_non_root

import data.holdfast.lib.names
import data.holdfast.lib.pods

_of_pod := pods.spec(input.resource).securityContext.runAsNonRoot

deny contains {"msg": msg, "path": path} if {
	_of_pod == false
	not pods.user_namespace(input.resource)
	msg := sprintf("%s lets its containers run as root (runAsNonRoot: false)", [
		names.title(input.resource),
	])
	path := array.concat(pods.spec_path(input.resource), ["securityContext", "runAsNonRoot"])
}

deny contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	entry.container.securityContext.runAsNonRoot == false
	not pods.user_namespace(input.resource)
	msg := sprintf("%s may run as root (runAsNonRoot: false)", [entry.label])
	path := array.concat(entry.path, ["securityContext", "runAsNonRoot"])
}

# Where the pod says false, the finding on the pod covers those that say nothing.
deny contains {"msg": msg, "path": entry.path} if {
	not _pod_decides
	some entry in pods.containers(input.resource)
	not _says(entry.container)
	not pods.user_namespace(input.resource)
	msg := sprintf("%s may run as root: neither it nor its pod sets runAsNonRoot", [entry.label])
}

_pod_decides if is_boolean(_of_pod)

_says(container) if is_boolean(container.securityContext.runAsNonRoot)
