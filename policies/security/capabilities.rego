# METADATA
# title: Added capabilities
# description: |
#   Capabilities are parts of root's power; those beyond the usual set of
#   container runtimes, such as SYS_ADMIN, NET_ADMIN and NET_RAW, are ways out
#   of the container or into the traffic of others. Pod Security Standards,
#   baseline, "Capabilities".
# custom:
#   id: security/capabilities
#   category: security
#   severity: high
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Take the capability from securityContext.capabilities.add, and grant instead what the
#     program needs by other means, such as a device plugin or a sysctl of the pod.
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
package holdfast.security.capabilities

import data.holdfast.lib.pods

_allowed := {
	"AUDIT_WRITE",
	"CHOWN",
	"DAC_OVERRIDE",
	"FOWNER",
	"FSETID",
	"KILL",
	"MKNOD",
	"NET_BIND_SERVICE",
	"SETFCAP",
	"SETGID",
	"SETPCAP",
	"SETUID",
	"SYS_CHROOT",
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	some n, capability in container.securityContext.capabilities.add
	not capability in _allowed
	msg := sprintf("%s adds the capability %v", [pods.label(sort, container, i), capability])
	path := pods.path([list, i, "securityContext", "capabilities", "add", n])
}
