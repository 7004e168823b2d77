package holdfast.security.azure_web_remote_debugging_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_remote_debugging

_found(kind, spec) := found if {
	found := azure_web_remote_debugging.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_web_app.it has remote debugging on", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_web_app", {"site_config": [{"remote_debugging_enabled": true}]}) == _fault(["spec", "site_config", 0, "remote_debugging_enabled"])
	_found("azurerm_linux_web_app", {"site_config": [{"remote_debugging_enabled": "true"}]}) == _fault(["spec", "site_config", 0, "remote_debugging_enabled"])
	_found("azurerm_linux_web_app", {"remote_debugging_enabled": true}) == _fault(["spec", "remote_debugging_enabled"])
	_found("azurerm_linux_web_app", {"remote_debugging_enabled": "true"}) == _fault(["spec", "remote_debugging_enabled"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_web_app", {"site_config": [{"remote_debugging_enabled": false}]}) == set()
	_found("azurerm_linux_web_app", {"site_config": [{"remote_debugging_enabled": "${var.x}"}]}) == set()
	_found("azurerm_linux_web_app", {"remote_debugging_enabled": false}) == set()
	_found("azurerm_linux_web_app", {"remote_debugging_enabled": "${var.x}"}) == set()
	_found("azurerm_linux_web_app", {}) == set()
	_found("azurerm_linux_web_app", null) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {}
}
`

bad_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {
    remote_debugging_enabled = true
  }
}
`
