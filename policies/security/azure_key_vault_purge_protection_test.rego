package holdfast.security.azure_key_vault_purge_protection_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_key_vault_purge_protection

_found(kind, spec) := found if {
	found := azure_key_vault_purge_protection.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_key_vault.it can be purged for good", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_key_vault", {"purge_protection_enabled": false}) == _fault(["spec", "purge_protection_enabled"])
	_found("azurerm_key_vault", {"purge_protection_enabled": "false"}) == _fault(["spec", "purge_protection_enabled"])
	_found("azurerm_key_vault", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_key_vault", {"purge_protection_enabled": true}) == set()
	_found("azurerm_key_vault", {"purge_protection_enabled": "${var.x}"}) == set()
}

good_example := `resource "azurerm_key_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
  purge_protection_enabled = true
}
`

bad_example := `resource "azurerm_key_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
}
`
