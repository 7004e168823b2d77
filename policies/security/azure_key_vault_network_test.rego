package holdfast.security.azure_key_vault_network_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_key_vault_network

_found(kind, spec) := found if {
	found := azure_key_vault_network.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_key_vault.it lets in every network", "path": path}}

test_open_vaults_are_found if {
	_found("azurerm_key_vault", {}) == _fault(["spec"])
	_found("azurerm_key_vault", {"network_acls": [{"default_action": "Allow"}]}) == _fault([
		"spec",
		"network_acls",
		0,
		"default_action",
	])
	_found("azurerm_key_vault", {"network_acls": [{"bypass": "None"}]}) == _fault(["spec"])
}

test_closed_vaults_pass if {
	_found("azurerm_key_vault", {"network_acls": [{"default_action": "Deny"}]}) == set()
	_found("azurerm_key_vault", {"network_acls": [{"default_action": "${var.x}"}]}) == set()
	_found("azurerm_key_vault", {"public_network_access_enabled": false}) == set()
}

good_example := `resource "azurerm_key_vault" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"

  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices"
  }
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
