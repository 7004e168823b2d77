package holdfast.security.azure_database_public_network_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_database_public_network

_found(kind, spec) := found if {
	found := azure_database_public_network.warn with input as attributes_test.judged(kind, spec)
}

_fault(kind, path) := {{"msg": sprintf("%s.it has a public endpoint", [kind]), "path": path}}

test_public_endpoints_are_found if {
	_found("azurerm_mssql_server", {}) == _fault("azurerm_mssql_server", ["spec"])
	_found("azurerm_mssql_server", {"public_network_access_enabled": true}) == _fault(
		"azurerm_mssql_server",
		["spec", "public_network_access_enabled"],
	)
	_found("azurerm_mysql_flexible_server", {"public_network_access": "Enabled", "delegated_subnet_id": ""}) == _fault(
		"azurerm_mysql_flexible_server",
		["spec"],
	)
	_found("azurerm_mssql_managed_instance", {"public_data_endpoint_enabled": true, "subnet_id": "x"}) == _fault(
		"azurerm_mssql_managed_instance",
		["spec", "public_data_endpoint_enabled"],
	)
	_found("azurerm_redis_cache", {"subnet_id": ""}) == _fault("azurerm_redis_cache", ["spec"])
	every filter in [[], "", [""]] {
		_found("azurerm_cosmosdb_account", {"ip_range_filter": filter, "virtual_network_rule": []}) == _fault(
			"azurerm_cosmosdb_account",
			["spec"],
		)
	}
}

test_private_endpoints_pass if {
	_found("azurerm_mssql_server", {"public_network_access_enabled": false}) == set()
	_found("azurerm_mssql_server", {"public_network_access_enabled": "${var.x}"}) == set()
	_found("azurerm_mysql_flexible_server", {"public_network_access": "Disabled"}) == set()
	_found("azurerm_postgresql_flexible_server", {"delegated_subnet_id": "${azurerm_subnet.x.id}"}) == set()
	_found("azurerm_redis_cache", {"subnet_id": "x"}) == set()
	_found("azurerm_mssql_managed_instance", {}) == set()
	_found("azurerm_mssql_managed_instance", {"public_data_endpoint_enabled": false}) == set()
	_found("azurerm_cosmosdb_account", {"virtual_network_rule": [{"id": "x"}]}) == set()
	_found("azurerm_cosmosdb_account", {"ip_range_filter": ["198.51.100.7"]}) == set()
	_found("azurerm_cosmosdb_account", {"ip_range_filter": "198.51.100.7"}) == set()
}

good_example := `resource "azurerm_postgresql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768
  public_network_access_enabled = false
}
`

bad_example := `resource "azurerm_postgresql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768
}
`
