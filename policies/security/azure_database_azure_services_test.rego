package holdfast.security.azure_database_azure_services_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_database_azure_services

_found(kind, spec) := found if {
	found := azure_database_azure_services.warn with input as attributes_test.judged(kind, spec)
}

test_all_of_azure_is_found if {
	_found("azurerm_mssql_firewall_rule", {"start_ip_address": "0.0.0.0", "end_ip_address": "0.0.0.0"}) == {{
		"msg": "azurerm_mssql_firewall_rule.it lets in all of Azure, other customers too",
		"path": ["spec", "start_ip_address"],
	}}
	count(_found("azurerm_postgresql_firewall_rule", {"start_ip_address": "0.0.0.0", "end_ip_address": "0.0.0.0"})) == 1
}

test_other_ranges_pass if {
	_found("azurerm_mssql_firewall_rule", {"start_ip_address": "0.0.0.0", "end_ip_address": "0.0.0.1"}) == set()
	_found("azurerm_mssql_firewall_rule", {"start_ip_address": "1.0.0.0", "end_ip_address": "0.0.0.0"}) == set()
	_found("azurerm_mssql_firewall_rule", {}) == set()
}

good_example := `resource "azurerm_mssql_firewall_rule" "office" {
  name             = "office"
  server_id        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  start_ip_address = "198.51.100.7"
  end_ip_address   = "198.51.100.7"
}
`

bad_example := `resource "azurerm_mssql_firewall_rule" "office" {
  name             = "office"
  server_id        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}
`
