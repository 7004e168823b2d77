# METADATA
# title: Databases of Google Cloud whose backups are few
# description: |
#   Damage to data is often noticed after days. Fewer backups than the parameter
#   google_backups leave no way back. Cloud SQL keeps seven by default. Google
#   Cloud documentation, "Cloud SQL backups".
# custom:
#   id: dr/google-backup-retention
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Raise retained_backups of backup_retention_settings.
#   scope: resource
#   kinds: [terraform/google_sql_database_instance]
#   params:
#     google_backups: 7
package holdfast.dr.google_backup_retention

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	kept := input.resource.spec.settings[i].backup_configuration[j].backup_retention_settings[k].retained_backups
	is_number(kept)
	kept < data.holdfast.params.google_backups
	msg := sprintf("%s keeps %d backups, less than %d", [attributes.title, kept, data.holdfast.params.google_backups])
	path := ["spec", "settings", i, "backup_configuration", j, "backup_retention_settings", k, "retained_backups"]
}
