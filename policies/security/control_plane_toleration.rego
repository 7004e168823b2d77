# METADATA
# title: Workloads on the control plane's nodes
# description: |
#   A pod that tolerates the taint of the control plane's nodes, or every taint,
#   may run beside the API server and etcd, whose certificates and data lie on
#   those nodes. DaemonSets pass, since what looks after nodes looks after these
#   too. Kubernetes documentation, "Taints and Tolerations".
# custom:
#   id: security/control-plane-toleration
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Remove the toleration.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.control_plane_toleration

import data.holdfast.lib.names
import data.holdfast.lib.pods

_taints := {"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"}

warn contains {"msg": msg, "path": path} if {
	some i, toleration in pods.spec(input.resource).tolerations
	_reaches(toleration)
	object.get(toleration, "effect", "NoSchedule") in {"", "NoSchedule"}
	msg := sprintf("%s tolerates the nodes of the control plane", [names.title(input.resource)])
	path := array.concat(pods.spec_path(input.resource), ["tolerations", i])
}

_reaches(toleration) if toleration.key in _taints

# Without a key it is every taint.
_reaches(toleration) if {
	toleration.operator == "Exists"
	object.get(toleration, "key", "") == ""
}
