package holdfast.security.azure_web_https_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_https

_found(kind, spec) := found if {
	found := azure_web_https.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_web_app.it answers plain HTTP", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_web_app", {"https_only": false}) == _fault(["spec", "https_only"])
	_found("azurerm_linux_web_app", {"https_only": "false"}) == _fault(["spec", "https_only"])
	_found("azurerm_linux_web_app", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_web_app", {"https_only": true}) == set()
	_found("azurerm_linux_web_app", {"https_only": "${var.x}"}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"
  https_only          = true

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
