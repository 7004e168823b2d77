package holdfast.security.azure_web_ftp_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_ftp

_found(kind, spec) := found if {
	found := azure_web_ftp.deny with input as attributes_test.judged(kind, spec)
}

_fault(kind, path) := {{"msg": sprintf("%s.it takes files over plain FTP", [kind]), "path": path}}

test_plain_ftp_is_found if {
	_found("azurerm_linux_web_app", {"site_config": [{"ftps_state": "AllAllowed"}]}) == _fault(
		"azurerm_linux_web_app",
		["spec", "site_config", 0, "ftps_state"],
	)
	every kind in ["azurerm_app_service", "azurerm_app_service_slot", "azurerm_function_app", "azurerm_function_app_slot"] {
		_found(kind, {}) == _fault(kind, ["spec"])
		_found(kind, {"site_config": [{}]}) == _fault(kind, ["spec"])
	}
}

test_other_states_pass if {
	every state in ["Disabled", "FtpsOnly", "${var.x}"] {
		_found("azurerm_app_service", {"site_config": [{"ftps_state": state}]}) == set()
	}
	_found("azurerm_linux_web_app", {}) == set()
	_found("azurerm_linux_web_app", {"site_config": [{}]}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {
    ftps_state = "FtpsOnly"
  }
}
`

bad_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"

  site_config {
    ftps_state = "AllAllowed"
  }
}
`
