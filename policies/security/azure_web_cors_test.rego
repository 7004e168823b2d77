package holdfast.security.azure_web_cors_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_cors

_found(kind, spec) := found if {
	found := azure_web_cors.deny with input as attributes_test.judged(kind, spec)
}

test_any_origin_is_found if {
	_found("azurerm_linux_web_app", {"site_config": [{"cors": [{"allowed_origins": ["https://a.example", "*"]}]}]}) == {{
		"msg": "azurerm_linux_web_app.it lets every origin read its answers",
		"path": ["spec", "site_config", 0, "cors", 0, "allowed_origins", 1],
	}}
	count(_found("azurerm_function_app", {"site_config": [{"cors": [{"allowed_origins": ["*"]}]}]})) == 1
}

test_named_origins_pass if {
	_found("azurerm_linux_web_app", {"site_config": [{"cors": [{"allowed_origins": ["https://*.example"]}]}]}) == set()
	_found("azurerm_linux_web_app", {"site_config": [{"cors": [{"allowed_origins": "*"}]}]}) == set()
	_found("azurerm_linux_web_app", {"site_config": [{}]}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {
    cors {
      allowed_origins = ["https://www.example.com"]
    }
  }
}
`

bad_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {
    cors {
      allowed_origins = ["*"]
    }
  }
}
`
