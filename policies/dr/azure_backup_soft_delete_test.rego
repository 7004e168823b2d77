package holdfast.dr.azure_backup_soft_delete_test

import data.holdfast.dr.azure_backup_soft_delete
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_backup_soft_delete.deny with input as attributes_test.judged(kind, spec)
}

test_no_soft_delete_is_found if {
	_found("azurerm_recovery_services_vault", {"soft_delete_enabled": false}) == {{
		"msg": "backups in azurerm_recovery_services_vault.it can be deleted for good",
		"path": ["spec", "soft_delete_enabled"],
	}}
	{f.path | some f in _found("azurerm_data_protection_backup_vault", {"soft_delete": "Off"})} == {["spec", "soft_delete"]}
}

test_soft_delete_passes if {
	_found("azurerm_recovery_services_vault", {"soft_delete_enabled": true}) == set()
	_found("azurerm_recovery_services_vault", {}) == set()
	_found("azurerm_data_protection_backup_vault", {"soft_delete": "On"}) == set()
	_found("azurerm_data_protection_backup_vault", {"soft_delete": "AlwaysOn"}) == set()
}

good_example := `resource "azurerm_recovery_services_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  sku                 = "Standard"
  soft_delete_enabled = true
}
`

bad_example := `resource "azurerm_recovery_services_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  sku                 = "Standard"
  soft_delete_enabled = false
}
`
