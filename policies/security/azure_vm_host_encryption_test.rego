package holdfast.security.azure_vm_host_encryption_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_vm_host_encryption

_found(kind, spec) := found if {
	found := azure_vm_host_encryption.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_linux_virtual_machine.it is not encrypted at host", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_linux_virtual_machine", {"encryption_at_host_enabled": false}) == _fault(["spec", "encryption_at_host_enabled"])
	_found("azurerm_linux_virtual_machine", {"encryption_at_host_enabled": "false"}) == _fault(["spec", "encryption_at_host_enabled"])
	_found("azurerm_linux_virtual_machine", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_linux_virtual_machine", {"encryption_at_host_enabled": true}) == set()
	_found("azurerm_linux_virtual_machine", {"encryption_at_host_enabled": "${var.x}"}) == set()
}

good_example := `resource "azurerm_linux_virtual_machine" "web" {
    name                = "web"
    resource_group_name = "example"
    location            = "westeurope"
    size                = "Standard_B2s"
    admin_username      = "azure"
    encryption_at_host_enabled = true
}
`

bad_example := `resource "azurerm_linux_virtual_machine" "web" {
    name                = "web"
    resource_group_name = "example"
    location            = "westeurope"
    size                = "Standard_B2s"
    admin_username      = "azure"
}
`
