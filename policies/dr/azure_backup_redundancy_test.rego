package holdfast.dr.azure_backup_redundancy_test

import data.holdfast.dr.azure_backup_redundancy
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_backup_redundancy.warn with input as attributes_test.judged(kind, spec)
}

test_one_region_is_found if {
	_found("azurerm_recovery_services_vault", {"storage_mode_type": "LocallyRedundant"}) == {{
		"msg": "azurerm_recovery_services_vault.it keeps its backups in one region: it is LocallyRedundant",
		"path": ["spec", "storage_mode_type"],
	}}
	{f.path | some f in _found("azurerm_data_protection_backup_vault", {"redundancy": "ZoneRedundant"})} == {["spec", "redundancy"]}
}

test_two_regions_pass if {
	_found("azurerm_recovery_services_vault", {}) == set()
	_found("azurerm_recovery_services_vault", {"storage_mode_type": "GeoRedundant"}) == set()
	_found("azurerm_data_protection_backup_vault", {"redundancy": "GeoRedundant"}) == set()
}

good_example := `resource "azurerm_recovery_services_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  sku                 = "Standard"
  storage_mode_type   = "GeoRedundant"
}
`

bad_example := `resource "azurerm_recovery_services_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  sku                 = "Standard"
  storage_mode_type   = "LocallyRedundant"
}
`
