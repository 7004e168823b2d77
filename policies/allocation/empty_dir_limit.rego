# METADATA
# title: Volumes on the node's disk without a limit
# description: |
#   An emptyDir without sizeLimit may fill its node's disk, whereupon the node
#   evicts pods. Limits of ephemeral-storage on all of the pod's containers bound
#   it as well. Kubernetes, "Local ephemeral storage".
# custom:
#   id: allocation/empty-dir-limit
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set emptyDir.sizeLimit on the volume, or limits of ephemeral-storage on the containers.
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
package holdfast.allocation.empty_dir_limit

import data.holdfast.lib.pods
import data.holdfast.lib.resources

warn contains {"msg": msg, "path": array.concat(pods.spec_path(input.resource), ["volumes", i, "emptyDir"])} if {
	some i, volume in pods.spec(input.resource).volumes
	is_object(volume.emptyDir)
	not volume.emptyDir.medium == "Memory"
	object.get(volume.emptyDir, "sizeLimit", null) == null
	not _bounded
	msg := sprintf("volume %q has no sizeLimit", [volume.name])
}

_bounded if {
	every entry in resources.containers {
		resources.given(entry.container, "limits", "ephemeral-storage")
	}
}
