package holdfast.security.azure_public_network_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_public_network

_found(kind, spec) := found if {
	found := azure_public_network.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_key_vault.it has a public endpoint", "path": path}}

test_public_endpoints_are_found if {
	_found("azurerm_key_vault", {}) == _fault(["spec"])
	_found("azurerm_key_vault", {"public_network_access_enabled": true}) == _fault(["spec", "public_network_access_enabled"])
	_found("azurerm_key_vault", {"public_network_enabled": true}) == _fault(["spec"])
	_found("azurerm_key_vault", {"public_network_access": "Enabled"}) == _fault(["spec"])
	_found("azurerm_key_vault", {"network_access_policy": "AllowAll"}) == _fault(["spec"])
}

test_private_endpoints_pass if {
	_found("azurerm_key_vault", {"public_network_access_enabled": false}) == set()
	_found("azurerm_key_vault", {"public_network_access_enabled": "${var.x}"}) == set()
	_found("azurerm_data_factory", {"public_network_enabled": false}) == set()
	_found("azurerm_app_configuration", {"public_network_access": "Disabled"}) == set()
	_found("azurerm_managed_disk", {"network_access_policy": "DenyAll"}) == set()
}

good_example := `resource "azurerm_key_vault" "shop" {
  name                          = "shop"
  location                      = "westeurope"
  resource_group_name           = "example"
  tenant_id                     = "00000000-0000-0000-0000-000000000000"
  sku_name                      = "standard"
  public_network_access_enabled = false
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
