# METADATA
# title: Ports of the node
# description: |
#   A hostPort opens a port on every node that the pod comes to, past Services
#   and most network policies, and keeps a second replica from the node. Pod
#   Security Standards, baseline, "Host Ports".
# custom:
#   id: security/host-ports
#   category: security
#   severity: medium
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Remove hostPort from the container's ports, and reach the pod through a Service.
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
package holdfast.security.host_ports

import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some list, sort in pods.lists
	some i, container in pods.judged[list]
	some n, port in container.ports
	is_number(port.hostPort)
	port.hostPort != 0
	msg := sprintf("%s takes port %d of the node", [pods.label(sort, container, i), port.hostPort])
	path := pods.path([list, i, "ports", n, "hostPort"])
}
