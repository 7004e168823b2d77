package holdfast.security.azure_acr_anonymous_pull_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_acr_anonymous_pull

_found(kind, spec) := found if {
	found := azure_acr_anonymous_pull.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_container_registry.it lets anyone pull its images", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_container_registry", {"anonymous_pull_enabled": true}) == _fault(["spec", "anonymous_pull_enabled"])
	_found("azurerm_container_registry", {"anonymous_pull_enabled": "true"}) == _fault(["spec", "anonymous_pull_enabled"])
}

test_what_is_well_passes if {
	_found("azurerm_container_registry", {"anonymous_pull_enabled": false}) == set()
	_found("azurerm_container_registry", {"anonymous_pull_enabled": "${var.x}"}) == set()
	_found("azurerm_container_registry", {}) == set()
	_found("azurerm_container_registry", null) == set()
}

test_basic_passes if {
	_found("azurerm_container_registry", {"anonymous_pull_enabled": true, "sku": "Basic"}) == set()
	count(_found("azurerm_container_registry", {"anonymous_pull_enabled": true, "sku": "Standard"})) == 1
}

good_example := `resource "azurerm_container_registry" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  sku                 = "Premium"
  anonymous_pull_enabled = false
}
`

bad_example := `resource "azurerm_container_registry" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  sku                 = "Premium"
  anonymous_pull_enabled = true
}
`
