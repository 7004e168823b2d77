# METADATA
# title: Backup policies of machines that keep little
# description: |
#   Damage to data is often noticed after days. A policy for machines or file
#   shares whose daily backups are fewer than the parameter azure_daily_backups
#   leaves no way back. Azure documentation, "Azure Backup: create and manage
#   backup policies".
# custom:
#   id: dr/azure-backup-policy-retention
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Raise retention_daily.count.
#   scope: resource
#   kinds: [terraform/azurerm_backup_policy_vm, terraform/azurerm_backup_policy_file_share]
#   params:
#     azure_daily_backups: 7
package holdfast.dr.azure_backup_policy_retention

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "retention_daily", i, "count"]} if {
	kept := input.resource.spec.retention_daily[i].count
	is_number(kept)
	kept < data.holdfast.params.azure_daily_backups
	msg := sprintf("%s keeps %d daily backups, less than %d", [
		attributes.title,
		kept,
		data.holdfast.params.azure_daily_backups,
	])
}
