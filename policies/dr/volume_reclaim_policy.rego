# METADATA
# title: Volumes that are deleted with their claim
# description: |
#   A PersistentVolume with reclaim policy Delete is destroyed, disk and all, when
#   its claim is deleted. One that is written by hand has the policy Retain by
#   default (kubernetes.io, "Persistent Volumes", reclaiming).
# custom:
#   id: dr/volume-reclaim-policy
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Set spec.persistentVolumeReclaimPolicy to Retain.
#   scope: resource
#   kinds: [core/PersistentVolume]
package holdfast.dr.volume_reclaim_policy

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "persistentVolumeReclaimPolicy"]} if {
	input.resource.spec.persistentVolumeReclaimPolicy in {"Delete", "Recycle"}
	msg := sprintf("%s loses its data when its claim is deleted (%s)", [
		names.title(input.resource),
		input.resource.spec.persistentVolumeReclaimPolicy,
	])
}
