# METADATA
# title: Containers with a user of the node
# description: |
#   A user id below 10000 may be one of the node's, so that what escapes from
#   the container has that user's files. runAsUser of the container counts
#   before that of the pod. Pods in a user namespace (hostUsers: false) and on
#   Windows pass. NSA/CISA Kubernetes Hardening Guide, non-root containers.
# custom:
#   id: security/high-user-id
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set securityContext.runAsUser to 10000 or more, or hostUsers to false.
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
package holdfast.security.high_user_id

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": entry.path} if {
	some entry in pods.containers(input.resource)
	user := _user(entry.container)
	not _high(user)
	not pods.judged.hostUsers == false
	not pods.judged.os.name == "windows"
	msg := sprintf("%s runs as %s", [entry.label, _phrase(user)])
}

_user(container) := container.securityContext.runAsUser if {
	is_number(container.securityContext.runAsUser)
} else := object.get(pods.spec(input.resource), ["securityContext", "runAsUser"], null)

_high(user) if {
	is_number(user)
	user >= 10000
}

_phrase(user) := sprintf("user %v", [user]) if {
	is_number(user)
} else := "the user of its image"
