package holdfast.dr.azure_database_geo_backup_test

import data.holdfast.dr.azure_database_geo_backup
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_database_geo_backup.warn with input as attributes_test.judged(kind, spec)
}

_fault(kind, path) := {{"msg": sprintf("%s.it keeps its backups in its own region", [kind]), "path": path}}

test_one_region_is_found if {
	_found("azurerm_mysql_flexible_server", {}) == _fault("azurerm_mysql_flexible_server", ["spec"])
	_found("azurerm_mysql_server", {"geo_redundant_backup_enabled": false, "create_mode": "Default"}) == _fault(
		"azurerm_mysql_server",
		["spec", "geo_redundant_backup_enabled"],
	)
	every type in ["Local", "Zone", "LRS", "ZRS"] {
		_found("azurerm_mssql_database", {"storage_account_type": type}) == _fault(
			"azurerm_mssql_database",
			["spec", "storage_account_type"],
		)
	}
	_found("azurerm_mssql_managed_instance", {"geo_backup_enabled": false}) == _fault(
		"azurerm_mssql_managed_instance",
		["spec", "geo_backup_enabled"],
	)
}

test_two_regions_pass if {
	_found("azurerm_mysql_flexible_server", {"geo_redundant_backup_enabled": true}) == set()
	_found("azurerm_mysql_flexible_server", {"geo_redundant_backup_enabled": "${var.x}"}) == set()
	_found("azurerm_mysql_flexible_server", {"create_mode": "Replica"}) == set()
	_found("azurerm_mssql_database", {}) == set()
	_found("azurerm_mssql_managed_instance", {}) == set()
	_found("azurerm_mssql_database", {"storage_account_type": "Geo", "geo_backup_enabled": true}) == set()
	_found("azurerm_mysql_server", {"storage_account_type": "Local", "geo_redundant_backup_enabled": true}) == set()
}

good_example := `resource "azurerm_postgresql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768
  geo_redundant_backup_enabled = true
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
