# METADATA
# title: Databases that all of Azure may reach
# description: |
#   The range from 0.0.0.0 to 0.0.0.0 lets in every address of Azure, those of
#   other customers included. Azure documentation, "Azure SQL Database and Azure
#   Synapse IP firewall rules".
# custom:
#   id: security/azure-database-azure-services
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Drop the rule and use a private endpoint or a virtual network rule.
#   scope: resource
#   kinds:
#     - terraform/azurerm_mssql_firewall_rule
#     - terraform/azurerm_sql_firewall_rule
#     - terraform/azurerm_mysql_firewall_rule
#     - terraform/azurerm_mysql_flexible_server_firewall_rule
#     - terraform/azurerm_postgresql_firewall_rule
#     - terraform/azurerm_postgresql_flexible_server_firewall_rule
#     - terraform/azurerm_mariadb_firewall_rule
#     - terraform/azurerm_redis_firewall_rule
#     - terraform/azurerm_synapse_firewall_rule
#     - terraform/azurerm_cosmosdb_postgresql_firewall_rule
package holdfast.security.azure_database_azure_services

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "start_ip_address"]} if {
	input.resource.spec.start_ip_address == "0.0.0.0"
	input.resource.spec.end_ip_address == "0.0.0.0"
	msg := sprintf("%s lets in all of Azure, other customers too", [attributes.title])
}
