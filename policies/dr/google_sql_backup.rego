# METADATA
# title: Cloud SQL instances without backups
# description: |
#   Backups of a Cloud SQL instance are off unless the configuration switches
#   them on. Replicas have none of their own. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 6.7.
# custom:
#   id: dr/google-sql-backup
#   category: dr
#   severity: high
#   profile: starter
#   controls: [cis-gcp/6.7]
#   remediation: >-
#     Set settings.backup_configuration.enabled to true.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.dr.google_sql_backup

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	not _replica
	msg := sprintf("%s has no backups", [attributes.title])
	path := attributes.place(
		["settings", 0, "backup_configuration", 0, "enabled"],
		[value | value := input.resource.spec.settings[0].backup_configuration[0].enabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.settings[0].backup_configuration[0].enabled)

# A replica is backed up by its primary.
_replica if input.resource.spec.master_instance_name != ""

_replica if input.resource.spec.instance_type in {"READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"}
