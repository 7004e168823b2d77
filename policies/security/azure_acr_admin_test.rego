package holdfast.security.azure_acr_admin_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_acr_admin

_found(kind, spec) := found if {
	found := azure_acr_admin.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_container_registry.it has its admin account enabled", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_container_registry", {"admin_enabled": true}) == _fault(["spec", "admin_enabled"])
	_found("azurerm_container_registry", {"admin_enabled": "true"}) == _fault(["spec", "admin_enabled"])
}

test_what_is_well_passes if {
	_found("azurerm_container_registry", {"admin_enabled": false}) == set()
	_found("azurerm_container_registry", {"admin_enabled": "${var.x}"}) == set()
	_found("azurerm_container_registry", {}) == set()
	_found("azurerm_container_registry", null) == set()
}

good_example := `resource "azurerm_container_registry" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  sku                 = "Premium"
  admin_enabled = false
}
`

bad_example := `resource "azurerm_container_registry" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  sku                 = "Premium"
  admin_enabled = true
}
`
