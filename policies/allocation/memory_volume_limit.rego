# METADATA
# title: Volumes in memory without a limit
# description: |
#   An emptyDir with medium Memory takes its files from the node's memory. Without
#   sizeLimit it may grow to the memory limits of the pod's containers, which then
#   are killed, and to half of the node where one has no limit. Kubernetes,
#   "Volumes", emptyDir.
# custom:
#   id: allocation/memory-volume-limit
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: Set emptyDir.sizeLimit on the volume.
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
package holdfast.allocation.memory_volume_limit

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": array.concat(pods.spec_path(input.resource), ["volumes", i, "emptyDir"])} if {
	some i, volume in pods.spec(input.resource).volumes
	volume.emptyDir.medium == "Memory"
	object.get(volume.emptyDir, "sizeLimit", null) == null
	msg := sprintf("volume %q in memory has no sizeLimit", [volume.name])
}
