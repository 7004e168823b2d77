# METADATA
# title: Windows containers of the node itself
# description: |
#   A HostProcess container runs among the processes of a Windows node, with
#   the rights of its users up to the system's own. Pod Security Standards,
#   baseline, "HostProcess".
# custom:
#   id: security/host-process
#   category: security
#   severity: critical
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove securityContext.windowsOptions.hostProcess from the pod and its containers, or
#     set it to false.
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
package holdfast.security.host_process

import data.holdfast.lib.names
import data.holdfast.lib.pods

_field := ["securityContext", "windowsOptions", "hostProcess"]

deny contains {"msg": msg, "path": pods.path(_field)} if {
	pods.judged.securityContext.windowsOptions.hostProcess == true
	msg := sprintf("%s runs as processes of its Windows node (hostProcess)", [names.title(input.resource)])
}

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	container.securityContext.windowsOptions.hostProcess == true
	msg := sprintf("%s runs as a process of its Windows node (hostProcess)", [pods.label(sort, container, i)])
	path := pods.path(array.concat([list, i], _field))
}
