# METADATA
# title: The node's namespaces
# description: |
#   hostNetwork, hostPID and hostIPC put a pod among the node's own network
#   interfaces, processes or shared memory. Pod Security Standards, baseline,
#   "Host Namespaces".
# custom:
#   id: security/host-namespaces
#   category: security
#   severity: high
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove hostNetwork, hostPID and hostIPC from the pod's spec, or set them to false.
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
package holdfast.security.host_namespaces

import data.holdfast.lib.names
import data.holdfast.lib.pods

_shared := {
	"hostNetwork": "network",
	"hostPID": "process",
	"hostIPC": "IPC",
}

deny contains {"msg": msg, "path": pods.path([field])} if {
	some field, what in _shared
	pods.judged[field] == true
	msg := sprintf("%s shares the node's %s namespace (%s)", [names.title(input.resource), what, field])
}
