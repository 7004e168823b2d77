# METADATA
# title: Databases of Azure with a public endpoint
# description: |
#   A database with a public endpoint is one firewall rule away from the
#   Internet. A private endpoint or a delegated subnet keeps it in the network.
#   The endpoint is public by default, but for SQL Managed Instance. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 4.1.2 and 4.5.1; Azure security
#   benchmark, NS-2.
# custom:
#   id: security/azure-database-public-network
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set public_network_access_enabled to false (public_network_access to Disabled for MySQL
#     Flexible Server) and reach the database by a private endpoint or a delegated subnet.
#   scope: resource
#   kinds:
#     - terraform/azurerm_mssql_server
#     - terraform/azurerm_mssql_managed_instance
#     - terraform/azurerm_sql_server
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_mysql_flexible_server
#     - terraform/azurerm_redis_cache
#     - terraform/azurerm_cosmosdb_account
package holdfast.security.azure_database_public_network

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _private
	input.resource.kind != "azurerm_mssql_managed_instance"
	msg := sprintf("%s has a public endpoint", [attributes.title])
	path := attributes.place(
		["public_network_access_enabled"],
		[value | value := input.resource.spec.public_network_access_enabled],
	)
}

warn contains {"msg": msg, "path": ["spec", "public_data_endpoint_enabled"]} if {
	attributes.on(input.resource.spec.public_data_endpoint_enabled)
	msg := sprintf("%s has a public endpoint", [attributes.title])
}

_private if attributes.maybe_off(input.resource.spec.public_network_access_enabled)

_private if input.resource.spec.public_network_access == "Disabled"

_private if input.resource.spec.delegated_subnet_id != ""

_private if input.resource.spec.subnet_id != ""

# Cosmos DB has its rules in the account itself.
_private if input.resource.spec.virtual_network_rule[0]

_private if {
	some addresses in input.resource.spec.ip_range_filter
	addresses != ""
}

_private if {
	is_string(input.resource.spec.ip_range_filter)
	input.resource.spec.ip_range_filter != ""
}
