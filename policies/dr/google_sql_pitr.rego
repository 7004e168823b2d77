# METADATA
# title: Cloud SQL instances without point-in-time recovery
# description: |
#   With nightly backups alone up to a day is lost. Point-in-time recovery keeps
#   the log between them: binary_log_enabled for MySQL,
#   point_in_time_recovery_enabled for the others, where the edition Enterprise
#   Plus has it on. Instances without backups are another rule's. Google Cloud
#   documentation, "Use point-in-time recovery (PITR)".
# custom:
#   id: dr/google-sql-pitr
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set point_in_time_recovery_enabled (binary_log_enabled for MySQL) to true in
#     backup_configuration.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
package holdfast.dr.google_sql_pitr

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "settings", i, "backup_configuration", j]} if {
	attributes.on(input.resource.spec.settings[i].backup_configuration[j].enabled)
	not _kept
	not _replica
	not _plus
	msg := sprintf("%s cannot be recovered to a point in time between two backups", [attributes.title])
}

_kept if attributes.maybe_on(input.resource.spec.settings[0].backup_configuration[0].binary_log_enabled)

_kept if attributes.maybe_on(input.resource.spec.settings[0].backup_configuration[0].point_in_time_recovery_enabled)

_plus if input.resource.spec.settings[0].edition == "ENTERPRISE_PLUS"

# A replica is backed up by its primary.
_replica if input.resource.spec.master_instance_name != ""

_replica if input.resource.spec.instance_type in {"READ_REPLICA_INSTANCE", "READ_POOL_INSTANCE"}
