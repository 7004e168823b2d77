# METADATA
# title: Databases of Azure open to the Internet
# description: |
#   A firewall rule of a database server that begins at 0.0.0.0 or spans more
#   than two networks of a /8 lets in strangers from everywhere. The range from
#   0.0.0.0 to 0.0.0.0, which means Azure's own services, is another rule's. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 4.1.2.
# custom:
#   id: security/azure-database-firewall
#   category: security
#   severity: critical
#   profile: starter
#   controls: [cis-azure/4.1.2]
#   remediation: >-
#     Narrow start_ip_address and end_ip_address to the addresses that need access, or use a private
#     endpoint.
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
package holdfast.security.azure_database_firewall

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "start_ip_address"]} if {
	start := _text(input.resource.spec.start_ip_address)
	end := _text(input.resource.spec.end_ip_address)
	_wide(start, end)
	msg := sprintf("%s lets in everyone from %s to %s", [attributes.title, start, end])
}

deny contains {"msg": msg, "path": ["spec", "start_ip"]} if {
	start := _text(input.resource.spec.start_ip)
	end := _text(input.resource.spec.end_ip)
	_wide(start, end)
	msg := sprintf("%s lets in everyone from %s to %s", [attributes.title, start, end])
}

_text(value) := trim_suffix(trim_space(value), "/0") if is_string(value)

_wide("0.0.0.0", end) if end != "0.0.0.0"

_wide(start, end) if _octet(end) - _octet(start) > 1

_octet(address) := to_number(match[1]) if {
	some match in regex.find_all_string_submatch_n(`^([0-9]{1,3})\.[0-9.]+$`, address, 1)
}
