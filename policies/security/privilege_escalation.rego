# METADATA
# title: Privilege escalation
# description: |
#   Without allowPrivilegeEscalation: false a process may gain more privileges
#   than its parent, by a setuid program for one. Pod Security Standards,
#   restricted, "Privilege Escalation"; pods that declare os.name windows are
#   exempt there since v1.25, and here.
# custom:
#   id: security/privilege-escalation
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: 'Set securityContext.allowPrivilegeEscalation: false on the container.'
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
package holdfast.security.privilege_escalation

import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	not entry.container.securityContext.allowPrivilegeEscalation == false
	not pods.windows(input.resource)
	msg := sprintf("%s may gain more privileges than its parent process", [entry.label])
	path := _nearest(entry)
}

_field := ["securityContext", "allowPrivilegeEscalation"]

# The field if it is written, else the container.
_nearest(entry) := array.concat(entry.path, _field) if {
	_ := entry.container.securityContext.allowPrivilegeEscalation
} else := entry.path
