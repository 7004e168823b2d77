package holdfast.dr.azure_database_backup_retention_test

import data.holdfast.dr.azure_database_backup_retention
import data.holdfast.lib.attributes_test

_warn(spec) := found if {
	found := azure_database_backup_retention.warn with input as attributes_test.judged("azurerm_mssql_database", spec)
		with data.holdfast.params.azure_backup_days as 7
}

_brief(path, days) := {{
	"msg": sprintf("azurerm_mssql_database.it keeps its backups for %d days, less than 7", [days]),
	"path": path,
}}

test_few_days_are_found if {
	_warn({"backup_retention_days": 6}) == _brief(["spec", "backup_retention_days"], 6)
	_warn({"short_term_retention_days": 1}) == _brief(["spec", "short_term_retention_days"], 1)
	_warn({"short_term_retention_policy": [{"retention_days": 3}]}) == _brief(
		["spec", "short_term_retention_policy", 0, "retention_days"],
		3,
	)
}

test_enough_days_pass if {
	_warn({"backup_retention_days": 7}) == set()
	_warn({"short_term_retention_policy": [{"retention_days": 35}]}) == set()
	_warn({"backup_retention_days": "${var.x}"}) == set()
	_warn({"backup_retention_days": null}) == set()
	_warn({}) == set()
}

good_example := `resource "azurerm_mysql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768
  backup_retention_days = 14
}
`

bad_example := `resource "azurerm_mysql_flexible_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "16"
  sku_name            = "GP_Standard_D2s_v3"
  storage_mb          = 32768
  backup_retention_days = 1
}
`
