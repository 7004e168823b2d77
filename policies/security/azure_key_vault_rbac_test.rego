package holdfast.security.azure_key_vault_rbac_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_key_vault_rbac

_found(kind, spec) := found if {
	found := azure_key_vault_rbac.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_key_vault.it does not go by roles", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_key_vault", {"rbac_authorization_enabled": false}) == _fault(["spec", "rbac_authorization_enabled"])
	_found("azurerm_key_vault", {"rbac_authorization_enabled": "false"}) == _fault(["spec", "rbac_authorization_enabled"])
	_found("azurerm_key_vault", {"enable_rbac_authorization": false}) == _fault(["spec", "enable_rbac_authorization"])
	_found("azurerm_key_vault", {"enable_rbac_authorization": "false"}) == _fault(["spec", "enable_rbac_authorization"])
	_found("azurerm_key_vault", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_key_vault", {"rbac_authorization_enabled": true}) == set()
	_found("azurerm_key_vault", {"rbac_authorization_enabled": "${var.x}"}) == set()
	_found("azurerm_key_vault", {"enable_rbac_authorization": true}) == set()
	_found("azurerm_key_vault", {"enable_rbac_authorization": "${var.x}"}) == set()
}

good_example := `resource "azurerm_key_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
  rbac_authorization_enabled = true
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
