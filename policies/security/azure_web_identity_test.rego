package holdfast.security.azure_web_identity_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_identity

_found(kind, spec) := found if {
	found := azure_web_identity.warn with input as attributes_test.judged(kind, spec)
}

test_no_identity_is_found if {
	_found("azurerm_linux_web_app", {}) == {{
		"msg": "azurerm_linux_web_app.it has no managed identity",
		"path": ["spec"],
	}}
	count(_found("azurerm_linux_web_app", {"identity": []})) == 1
	count(_found("azurerm_linux_web_app", {"identity": [{}]})) == 1
}

test_an_identity_passes if {
	_found("azurerm_linux_web_app", {"identity": [{"type": "SystemAssigned"}]}) == set()
	_found("azurerm_app_service", {"identity": [{"type": "UserAssigned"}]}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  identity {
    type = "SystemAssigned"
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
