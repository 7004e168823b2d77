# METADATA
# title: Databases of Azure whose backups are in one region
# description: |
#   A backup in the region of its database is lost with the region. Geo-
#   redundant backups are off by default for MySQL and PostgreSQL and can be
#   chosen only when the server is created; they are on for SQL databases.
#   Replicas have none of their own. Azure documentation, "Backup and restore in
#   Azure Database for PostgreSQL".
# custom:
#   id: dr/azure-database-geo-backup
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set geo_redundant_backup_enabled to true, or storage_account_type to Geo or GeoZone for an SQL
#     database.
#   scope: resource
#   kinds:
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_mysql_flexible_server
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_mssql_database
#     - terraform/azurerm_mssql_managed_instance
package holdfast.dr.azure_database_geo_backup

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _sql
	not _geo
	not _replica
	msg := sprintf("%s keeps its backups in its own region", [attributes.title])
	path := attributes.place(
		["geo_redundant_backup_enabled"],
		[value | value := input.resource.spec.geo_redundant_backup_enabled],
	)
}

warn contains {"msg": msg, "path": ["spec", attribute]} if {
	_sql
	some attribute in _local
	msg := sprintf("%s keeps its backups in its own region", [attributes.title])
}

_sql if input.resource.kind in {"azurerm_mssql_database", "azurerm_mssql_managed_instance"}

_geo if attributes.maybe_on(input.resource.spec.geo_redundant_backup_enabled)

_replica if input.resource.spec.create_mode == "Replica"

_local contains "storage_account_type" if {
	input.resource.spec.storage_account_type in {"Local", "Zone", "LRS", "ZRS"}
}

_local contains "geo_backup_enabled" if attributes.off(input.resource.spec.geo_backup_enabled)
