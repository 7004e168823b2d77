# METADATA
# title: Unmasked /proc in a user namespace
# description: |
#   Pod Security Standards, restricted, "/proc Mount Type": from v1.35 on
#   baseline permits procMount: Unmasked in a pod with a user namespace
#   (hostUsers: false), and restricted still does not. Outside of one,
#   security/proc-mount has found it.
# custom:
#   id: security/proc-mount-restricted
#   category: security
#   severity: medium
#   profile: strict
#   controls: [pss/restricted]
#   remediation: >-
#     Remove securityContext.procMount from the container, or set it to Default.
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
package holdfast.security.proc_mount_restricted

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	pod_security.user_namespace
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	mount := container.securityContext.procMount
	not mount in {"Default", null}
	msg := sprintf("%s has /proc mounted as %v", [pods.label(sort, container, i), mount])
	path := pods.path([list, i, "securityContext", "procMount"])
}
