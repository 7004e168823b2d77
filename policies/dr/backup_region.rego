# METADATA
# title: Backups in the region of their cluster
# description: |
#   A backup in the cluster's own region is lost together with it (AWS
#   Well-Architected, REL13; NIST SP 800-34, alternate storage site). The parameter
#   target_regions says in which region each target's cluster is; those that it
#   does not name are not judged. The region of a backup is that of Velero's
#   BackupStorageLocation (config.region) or of Percona's storage.
# custom:
#   id: dr/backup-region
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-6]
#   remediation: Store backups, or a copy of them, in another region than the cluster's.
#   scope: resource
#   kinds:
#     - velero.io/BackupStorageLocation
#     - psmdb.percona.com/PerconaServerMongoDB
#     - pxc.percona.com/PerconaXtraDBCluster
#     - ps.percona.com/PerconaServerMySQL
#   params:
#     target_regions: {}
package holdfast.dr.backup_region

import data.holdfast.lib.names
import data.holdfast.lib.stores

warn contains {"msg": msg, "path": store.path} if {
	region := data.holdfast.params.target_regions[input.target.name]
	some store in stores.of(input.resource)
	lower(store.region) == lower(region)
	msg := sprintf("%s stores backups in %s, where the cluster is", [names.title(input.resource), store.region])
}
