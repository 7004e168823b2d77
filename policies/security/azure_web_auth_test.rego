package holdfast.security.azure_web_auth_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_auth

_found(kind, spec) := found if {
	found := azure_web_auth.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_web_app.it lets in requests without a sign-in", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_web_app", {"auth_settings_v2": [{"auth_enabled": false}]}) == _fault(["spec", "auth_settings_v2", 0, "auth_enabled"])
	_found("azurerm_linux_web_app", {"auth_settings_v2": [{"auth_enabled": "false"}]}) == _fault(["spec", "auth_settings_v2", 0, "auth_enabled"])
	_found("azurerm_linux_web_app", {"auth_settings": [{"enabled": false}]}) == _fault(["spec", "auth_settings", 0, "enabled"])
	_found("azurerm_linux_web_app", {"auth_settings": [{"enabled": "false"}]}) == _fault(["spec", "auth_settings", 0, "enabled"])
	_found("azurerm_linux_web_app", {}) == _fault(["spec"])
	_found("azurerm_linux_web_app", {"auth_settings_v2": [{}]}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_web_app", {"auth_settings_v2": [{"auth_enabled": true}]}) == set()
	_found("azurerm_linux_web_app", {"auth_settings_v2": [{"auth_enabled": "${var.x}"}]}) == set()
	_found("azurerm_linux_web_app", {"auth_settings": [{"enabled": true}]}) == set()
	_found("azurerm_linux_web_app", {"auth_settings": [{"enabled": "${var.x}"}]}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  auth_settings_v2 {
    auth_enabled = true
    login {}
  }

  site_config {}
}
`

bad_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {}
}
`
