# METADATA
# title: Volumes of the node's file system
# description: |
#   A hostPath volume reaches into the node's own files. Pod Security
#   Standards, baseline, "HostPath Volumes".
# custom:
#   id: security/host-path
#   category: security
#   severity: high
#   profile: starter
#   controls: [pss/baseline]
#   remediation: >-
#     Replace the volume's hostPath by emptyDir, configMap, secret, persistentVolumeClaim or
#     csi.
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
package holdfast.security.host_path

import data.holdfast.lib.pods

deny contains {"msg": msg, "path": path} if {
	some i, volume in pods.judged.volumes
	is_object(volume.hostPath)
	msg := sprintf("%s mounts %s of the node", [_title(volume), _what(volume.hostPath)])
	path := pods.path(["volumes", i, "hostPath"])
}

_what(host_path) := host_path.path if {
	is_string(host_path.path)
} else := "a path"

_title(volume) := sprintf("volume %q", [volume.name]) if {
	is_string(volume.name)
} else := "a volume"
