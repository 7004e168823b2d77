# METADATA
# title: Unmasked /proc
# description: |
#   The runtime hides or write-protects the parts of /proc that reach into the
#   kernel; procMount: Unmasked takes that away. Pod Security Standards,
#   baseline, "/proc Mount Type"; pods in a user namespace (hostUsers: false)
#   are exempt from v1.35 on.
# custom:
#   id: security/proc-mount
#   category: security
#   severity: high
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove securityContext.procMount from the container, or set it to Default; where it is
#     needed, set hostUsers: false for the pod.
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
package holdfast.security.proc_mount

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	mount := container.securityContext.procMount
	not mount in {"Default", null}
	not pod_security.user_namespace
	msg := sprintf("%s has /proc mounted as %v, outside of a user namespace", [pods.label(sort, container, i), mount])
	path := pods.path([list, i, "securityContext", "procMount"])
}
