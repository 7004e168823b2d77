package holdfast.security.azure_mssql_tde_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_mssql_tde

_found(kind, spec) := found if {
	found := azure_mssql_tde.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_mssql_database.it is not encrypted at rest", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_mssql_database", {"transparent_data_encryption_enabled": false}) == _fault(["spec", "transparent_data_encryption_enabled"])
	_found("azurerm_mssql_database", {"transparent_data_encryption_enabled": "false"}) == _fault(["spec", "transparent_data_encryption_enabled"])
}

test_what_is_well_passes if {
	_found("azurerm_mssql_database", {"transparent_data_encryption_enabled": true}) == set()
	_found("azurerm_mssql_database", {"transparent_data_encryption_enabled": "${var.x}"}) == set()
	_found("azurerm_mssql_database", {}) == set()
	_found("azurerm_mssql_database", null) == set()
}

good_example := `resource "azurerm_mssql_database" "orders" {
  name      = "orders"
  server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  sku_name  = "S0"
}
`

bad_example := `resource "azurerm_mssql_database" "orders" {
  name                                = "orders"
  server_id                           = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  sku_name                            = "DW100c"
  transparent_data_encryption_enabled = false
}
`
