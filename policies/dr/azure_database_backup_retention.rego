# METADATA
# title: Databases of Azure whose backups are kept briefly
# description: |
#   Damage to data is often noticed after days. Backups of fewer days than the
#   parameter azure_backup_days leave no way back. Azure documentation,
#   "Automated backups in Azure SQL Database".
# custom:
#   id: dr/azure-database-backup-retention
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Raise backup_retention_days, or retention_days of short_term_retention_policy.
#   scope: resource
#   kinds:
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_mysql_flexible_server
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_mssql_database
#     - terraform/azurerm_mssql_managed_database
#   params:
#     azure_backup_days: 7
package holdfast.dr.azure_database_backup_retention

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, days] in _retentions
	is_number(days)
	days < data.holdfast.params.azure_backup_days
	msg := sprintf("%s keeps its backups for %d days, less than %d", [
		attributes.title,
		days,
		data.holdfast.params.azure_backup_days,
	])
}

_retentions contains [["backup_retention_days"], input.resource.spec.backup_retention_days]

_retentions contains [["short_term_retention_days"], input.resource.spec.short_term_retention_days]

_retentions contains [["short_term_retention_policy", i, "retention_days"], days] if {
	days := input.resource.spec.short_term_retention_policy[i].retention_days
}
