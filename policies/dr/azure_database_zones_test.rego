package holdfast.dr.azure_database_zones_test

import data.holdfast.dr.azure_database_zones
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_database_zones.warn with input as attributes_test.judged(kind, spec)
}

_fault(kind, path) := {{"msg": sprintf("%s.it has no standby in another zone", [kind]), "path": path}}

_server := "azurerm_mysql_flexible_server"

_database := "azurerm_mssql_database"

test_one_zone_is_found if {
	_found(_server, {"sku_name": "GP_Standard_D2s_v3", "create_mode": "Default"}) == _fault(_server, ["spec"])
	_found(_server, {"high_availability": [{"mode": "SameZone"}], "sku_name": null}) == _fault(
		_server,
		["spec", "high_availability", 0, "mode"],
	)
	count(_found(_server, {"sku_name": 7})) == 1
	every sku in ["P1", "BC_Gen5_2", "GP_Gen5_2", "HS_Gen5_2"] {
		_found(_database, {"sku_name": sku}) == _fault(_database, ["spec"])
	}
	_found(_database, {"sku_name": "P1", "zone_redundant": false}) == _fault(_database, ["spec", "zone_redundant"])
}

test_two_zones_pass if {
	_found(_server, {"high_availability": [{"mode": "ZoneRedundant"}]}) == set()
	_found(_server, {"high_availability": [{"mode": "ZoneRedundant"}], "sku_name": "GP_Standard_D2s_v3"}) == set()
	_found(_database, {"sku_name": "P1", "zone_redundant": true}) == set()
	_found(_database, {"sku_name": "P1", "zone_redundant": "${var.x}"}) == set()
}

test_what_cannot_be_redundant_passes if {
	_found(_server, {"create_mode": "Replica"}) == set()
	_found(_server, {"sku_name": "B_Standard_B1ms"}) == set()
	_found(_database, {"sku_name": "S0"}) == set()
	_found(_database, {"sku_name": "ElasticPool"}) == set()
	_found(_database, {"sku_name": 7}) == set()
	_found(_database, {}) == set()
}

good_example := `resource "azurerm_postgresql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768

  high_availability {
    mode = "ZoneRedundant"
  }
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
