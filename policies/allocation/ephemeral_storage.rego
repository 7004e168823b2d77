# METADATA
# title: Ephemeral storage
# description: |
#   Logs, emptyDir volumes and what a container writes to its own file system
#   take the node's disk. Without a request the scheduler does not count it, and
#   without a limit one pod can fill the disk, whereupon the node evicts others.
#   Kubernetes, "Local ephemeral storage".
# custom:
#   id: allocation/ephemeral-storage
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set resources.requests and resources.limits of ephemeral-storage on the container.
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
package holdfast.allocation.ephemeral_storage

import data.holdfast.lib.resources

warn contains {"msg": msg, "path": entry.path} if {
	some entry in resources.containers
	missing := [part |
		some part in ["requests", "limits"]
		not resources.given(entry.container, part, "ephemeral-storage")
	]
	count(missing) > 0
	msg := sprintf("%s has no %s of ephemeral-storage", [entry.label, concat(" and no ", missing)])
}
