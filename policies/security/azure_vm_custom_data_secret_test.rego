package holdfast.security.azure_vm_custom_data_secret_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_vm_custom_data_secret

_found(kind, spec) := found if {
	found := azure_vm_custom_data_secret.deny with input as attributes_test.judged(kind, spec)
}

test_credentials_are_found if {
	_found("azurerm_linux_virtual_machine", {"custom_data": base64.encode("export DB_PASSWORD=hunter2")}) == {{
		"msg": "the custom_data of azurerm_linux_virtual_machine.it has a credential of DB_PASSWORD in it",
		"path": ["spec", "custom_data"],
	}}
	{f.path | some f in _found("azurerm_linux_virtual_machine", {"user_data": "API_KEY=0123456789"})} == {["spec", "user_data"]}
	{f.path | some f in _found("azurerm_virtual_machine", {"os_profile": [{"custom_data": "API_KEY=0123456789"}]})} == {[
		"spec",
		"os_profile",
		0,
		"custom_data",
	]}
}

test_other_scripts_pass if {
	_found("azurerm_linux_virtual_machine", {"custom_data": "#!/bin/sh\necho hello"}) == set()
	_found("azurerm_linux_virtual_machine", {"custom_data": "${data.cloudinit_config.x.rendered}"}) == set()
	_found("azurerm_linux_virtual_machine", {"user_data": null, "custom_data": 7}) == set()
	_found("azurerm_linux_virtual_machine", {}) == set()
}

good_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                = "web"
  resource_group_name = "example"
  location            = "westeurope"
  size                = "Standard_B2s"
  admin_username      = "azure"
  custom_data         = base64encode("#!/bin/sh\nexport DB_PASSWORD=$(fetch-secret db)\n")
}
`

bad_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                = "web"
  resource_group_name = "example"
  location            = "westeurope"
  size                = "Standard_B2s"
  admin_username      = "azure"
  custom_data         = base64encode("#!/bin/sh\nexport DB_PASSWORD=hunter2\n")
}
`
