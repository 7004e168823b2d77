# METADATA
# title: Root as the user
# description: |
#   Pod Security Standards, restricted, "Running as Non-root user", from v1.23
#   on: runAsUser must not be 0, for the pod or a container. Pods in a user
#   namespace (hostUsers: false) are exempt from v1.35 on.
# custom:
#   id: security/run-as-root-user
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: >-
#     Set securityContext.runAsUser to the number of a user without rights, or remove it if
#     the image names one.
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
package holdfast.security.run_as_root_user

import data.holdfast.lib.names
import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

_field := ["securityContext", "runAsUser"]

deny contains {"msg": msg, "path": pods.path(_field)} if {
	pods.judged.securityContext.runAsUser == 0
	_applies
	msg := sprintf("%s runs its containers as root (runAsUser: 0)", [names.title(input.resource)])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	container.securityContext.runAsUser == 0
	_applies
	msg := sprintf("%s runs as root (runAsUser: 0)", [pods.label(sort, container, i)])
	path := pods.path(array.concat([list, i], _field))
}

_applies if {
	pod_security.since(23)
	not pod_security.user_namespace
}
