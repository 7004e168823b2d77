# METADATA
# title: Databases of Azure in one zone
# description: |
#   Without a standby in another availability zone a database is down as long as
#   its zone is. Replicas are left alone, and so are SQL databases whose SKU
#   cannot be zone-redundant. Azure documentation, "High availability in Azure
#   Database for PostgreSQL".
# custom:
#   id: dr/azure-database-zones
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add high_availability with mode ZoneRedundant, or set zone_redundant (zone_redundancy_enabled
#     for a managed instance) to true.
#   scope: resource
#   kinds:
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_mysql_flexible_server
#     - terraform/azurerm_mssql_database
package holdfast.dr.azure_database_zones

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	input.resource.kind != "azurerm_mssql_database"
	not _standby
	not _excused
	msg := sprintf("%s has no standby in another zone", [attributes.title])
	path := attributes.place(
		["high_availability", 0, "mode"],
		[value | value := input.resource.spec.high_availability[0].mode],
	)
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "azurerm_mssql_database"
	attributes.literal(input.resource.spec.sku_name)
	regex.match(`^(?:P[0-9]|BC_|GP_|HS_)`, input.resource.spec.sku_name)
	not _redundant
	msg := sprintf("%s has no standby in another zone", [attributes.title])
	path := attributes.place(["zone_redundant"], [value | value := input.resource.spec.zone_redundant])
}

_standby if input.resource.spec.high_availability[0].mode != "SameZone"

_excused if input.resource.spec.create_mode == "Replica"

# The burstable tier cannot have one.
_excused if regex.match(`^B_`, _sku)

_sku := input.resource.spec.sku_name if is_string(input.resource.spec.sku_name)

_redundant if attributes.maybe_on(input.resource.spec.zone_redundant)
