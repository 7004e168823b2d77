# METADATA
# title: Velero Schedules without volumes
# description: |
#   Backups of a Schedule that neither takes snapshots (snapshotVolumes false) nor
#   copies files (defaultVolumesToFsBackup), or that leaves out
#   persistentvolumeclaims, hold manifests and no data, but for volumes that a
#   pod's annotation names. That is right beside another Schedule only (velero.io,
#   "Schedule API Type" and "File System Backup").
# custom:
#   id: dr/velero-volumes
#   category: dr
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/cp-9]
#   remediation: Remove snapshotVolumes false, or set defaultVolumesToFsBackup true, and include persistentvolumeclaims.
#   scope: resource
#   kinds: [velero.io/Schedule]
package holdfast.dr.velero_volumes

import data.holdfast.lib.names
import data.holdfast.lib.velero

warn contains {"msg": msg, "path": ["spec", "template"]} if {
	velero.leaves_volumes_out(input.resource.spec.template)
	msg := sprintf("the backups of %s hold no data of volumes", [names.title(input.resource)])
}
