# METADATA
# title: Volumes of other types
# description: |
#   Pod Security Standards, restricted, "Volume Types": configMap, csi,
#   downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected
#   and secret. The others are mounted by the kubelet as root from wherever the
#   manifest says; a PersistentVolume leaves that to the cluster's
#   administrators. A hostPath is found by security/host-path.
# custom:
#   id: security/volume-types
#   category: security
#   severity: medium
#   profile: strict
#   controls: [pss/restricted]
#   remediation: >-
#     Put the volume into a PersistentVolume, and use it by a persistentVolumeClaim.
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
package holdfast.security.volume_types

import data.holdfast.lib.pods

_allowed := {
	"configMap",
	"csi",
	"downwardAPI",
	"emptyDir",
	"ephemeral",
	"image",
	"persistentVolumeClaim",
	"projected",
	"secret",
}

# A volume that has nothing but a name is an emptyDir.
_elsewhere := {"name", "hostPath"}

deny contains {"msg": msg, "path": pods.path(["volumes", i, type])} if {
	some i, volume in pods.judged.volumes
	not _permitted(volume)
	some type, source in volume
	not type in _elsewhere
	source != null
	msg := sprintf("%s is of the type %s", [_title(volume), type])
}

_permitted(volume) if {
	some type in _allowed
	is_object(volume[type])
}

_title(volume) := sprintf("volume %q", [volume.name]) if {
	is_string(volume.name)
} else := "a volume"
