package holdfast.security.azure_automation_variable_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_automation_variable

_found(kind, spec) := found if {
	found := azure_automation_variable.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_automation_variable_string.it is not encrypted", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_automation_variable_string", {"encrypted": false}) == _fault(["spec", "encrypted"])
	_found("azurerm_automation_variable_string", {"encrypted": "false"}) == _fault(["spec", "encrypted"])
	_found("azurerm_automation_variable_string", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_automation_variable_string", {"encrypted": true}) == set()
	_found("azurerm_automation_variable_string", {"encrypted": "${var.x}"}) == set()
}

good_example := `resource "azurerm_automation_variable_string" "token" {
  name                    = "token"
  resource_group_name     = "example"
  automation_account_name = "shop"
  value                   = var.token
  encrypted               = true
}

variable "token" {
  type      = string
  sensitive = true
}
`

bad_example := `resource "azurerm_automation_variable_string" "token" {
  name                    = "token"
  resource_group_name     = "example"
  automation_account_name = "shop"
  value                   = var.token
}

variable "token" {
  type      = string
  sensitive = true
}
`
