# METADATA
# title: Privilege escalation
# description: |
#   Without allowPrivilegeEscalation: false a process may gain more privileges
#   than its parent, by a setuid program for one. Pod Security Standards,
#   restricted, "Privilege Escalation", from v1.8 on; pods that declare os.name
#   windows are exempt from v1.25 on.
# custom:
#   id: security/privilege-escalation
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: >-
#     Set securityContext.allowPrivilegeEscalation: false on the container.
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
package holdfast.security.privilege_escalation

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	not container.securityContext.allowPrivilegeEscalation == false
	is_object(container)
	pod_security.since(8)
	not pod_security.windows
	msg := sprintf("%s may gain more privileges than its parent process", [pods.label(sort, container, i)])
	path := pods.nearest([list, i], ["securityContext", "allowPrivilegeEscalation"])
}
