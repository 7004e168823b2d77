# METADATA
# title: Running as root
# description: |
#   Pod Security Standards, restricted, "Running as Non-root": runAsNonRoot
#   must be true for the pod or for each container, and must be false nowhere.
#   A container that leaves it out takes the pod's. Pods in a user namespace
#   (hostUsers: false) are exempt from v1.35 on. Windows pods are not.
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
#   params: {pod_security_version: latest}
package holdfast.security.run_as_non_root

import data.holdfast.lib.names
import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": pods.path(["securityContext", "runAsNonRoot"])} if {
	pods.judged.securityContext.runAsNonRoot == false
	not pod_security.user_namespace
	msg := sprintf("%s lets its containers run as root (runAsNonRoot: false)", [names.title(input.resource)])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	container.securityContext.runAsNonRoot == false
	not pod_security.user_namespace
	msg := sprintf("%s may run as root (runAsNonRoot: false)", [pods.label(sort, container, i)])
	path := pods.path([list, i, "securityContext", "runAsNonRoot"])
}

# Where the pod says false, the finding on the pod covers those that say nothing.
deny contains {"msg": msg, "path": pods.path([list, i])} if {
	not _says(pods.judged)
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	is_object(container)
	not _says(container)
	not pod_security.user_namespace
	msg := sprintf("%s may run as root: neither it nor its pod sets runAsNonRoot", [pods.label(sort, container, i)])
}

_says(object) if is_boolean(object.securityContext.runAsNonRoot)
