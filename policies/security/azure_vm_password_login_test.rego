package holdfast.security.azure_vm_password_login_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_vm_password_login

_found(kind, spec) := found if {
	found := azure_vm_password_login.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_virtual_machine.it accepts passwords over SSH", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_virtual_machine", {"disable_password_authentication": false}) == _fault(["spec", "disable_password_authentication"])
	_found("azurerm_linux_virtual_machine", {"disable_password_authentication": "false"}) == _fault(["spec", "disable_password_authentication"])
	_found("azurerm_linux_virtual_machine", {"os_profile_linux_config": [{"disable_password_authentication": false}]}) == _fault(["spec", "os_profile_linux_config", 0, "disable_password_authentication"])
	_found("azurerm_linux_virtual_machine", {"os_profile_linux_config": [{"disable_password_authentication": "false"}]}) == _fault(["spec", "os_profile_linux_config", 0, "disable_password_authentication"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_virtual_machine", {"disable_password_authentication": true}) == set()
	_found("azurerm_linux_virtual_machine", {"disable_password_authentication": "${var.x}"}) == set()
	_found("azurerm_linux_virtual_machine", {"os_profile_linux_config": [{"disable_password_authentication": true}]}) == set()
	_found("azurerm_linux_virtual_machine", {"os_profile_linux_config": [{"disable_password_authentication": "${var.x}"}]}) == set()
	_found("azurerm_linux_virtual_machine", {}) == set()
	_found("azurerm_linux_virtual_machine", null) == set()
}

good_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                            = "web"
  resource_group_name             = "example"
  location                        = "westeurope"
  size                            = "Standard_B2s"
  admin_username                  = "azure"
  disable_password_authentication = true
}
`

bad_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                            = "web"
  resource_group_name             = "example"
  location                        = "westeurope"
  size                            = "Standard_B2s"
  admin_username                  = "azure"
  admin_password                  = var.password
  disable_password_authentication = false
}

variable "password" {
  type      = string
  sensitive = true
}
`
