package holdfast.security.azure_web_client_certificates_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_web_client_certificates

_found(kind, spec) := found if {
	found := azure_web_client_certificates.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_web_app.it asks clients for no certificate", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_web_app", {"client_certificate_enabled": false}) == _fault(["spec", "client_certificate_enabled"])
	_found("azurerm_linux_web_app", {"client_certificate_enabled": "false"}) == _fault(["spec", "client_certificate_enabled"])
	_found("azurerm_linux_web_app", {"client_cert_enabled": false}) == _fault(["spec", "client_cert_enabled"])
	_found("azurerm_linux_web_app", {"client_cert_enabled": "false"}) == _fault(["spec", "client_cert_enabled"])
	_found("azurerm_linux_web_app", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_web_app", {"client_certificate_enabled": true}) == set()
	_found("azurerm_linux_web_app", {"client_certificate_enabled": "${var.x}"}) == set()
	_found("azurerm_linux_web_app", {"client_cert_enabled": true}) == set()
	_found("azurerm_linux_web_app", {"client_cert_enabled": "${var.x}"}) == set()
}

good_example := `resource "azurerm_linux_web_app" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Web/serverFarms/shop"
  client_certificate_enabled = true

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
