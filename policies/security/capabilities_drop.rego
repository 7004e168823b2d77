# METADATA
# title: Capabilities that are kept
# description: |
#   Pod Security Standards, restricted, "Capabilities", from v1.22 on: each
#   container must drop ALL capabilities and may add NET_BIND_SERVICE. A
#   capability that baseline forbids is found by security/capabilities. Pods
#   that declare os.name windows are exempt from v1.25 on.
# custom:
#   id: security/capabilities-drop
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [pss/restricted]
#   remediation: >-
#     Set securityContext.capabilities.drop: ["ALL"] on the container, and add nothing but
#     NET_BIND_SERVICE.
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
package holdfast.security.capabilities_drop

import data.holdfast.lib.pod_security
import data.holdfast.lib.pods

_applies if {
	pod_security.since(22)
	not pod_security.windows
}

deny contains {"msg": msg, "path": path} if {
	_applies
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	is_object(container)
	not _drops_all(container)
	msg := sprintf("%s does not drop ALL capabilities", [pods.label(sort, container, i)])
	path := pods.nearest([list, i], ["securityContext", "capabilities", "drop"])
}

_drops_all(container) if "ALL" in container.securityContext.capabilities.drop

# What baseline lets a container add, and restricted does not.
_kept := {
	"AUDIT_WRITE",
	"CHOWN",
	"DAC_OVERRIDE",
	"FOWNER",
	"FSETID",
	"KILL",
	"MKNOD",
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
	capability in _kept
	_applies
	msg := sprintf("%s adds the capability %s", [pods.label(sort, container, i), capability])
	path := pods.path([list, i, "securityContext", "capabilities", "add", n])
}
