# METADATA
# title: Privileged containers
# description: |
#   A privileged container has all capabilities and all devices of its node:
#   whoever takes it over has taken over the node. Pod Security Standards,
#   baseline, "Privileged Containers".
# custom:
#   id: security/privileged
#   category: security
#   severity: critical
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove securityContext.privileged from the container or set it to false; add the single
#     capability that it needs under securityContext.capabilities.add.
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
package holdfast.security.privileged

import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	container.securityContext.privileged == true
	msg := sprintf("%s is privileged: it has the node's devices and all capabilities", [pods.label(sort, container, i)])
	path := pods.path([list, i, "securityContext", "privileged"])
}
