package holdfast.security.azure_nic_public_ip_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_nic_public_ip

_found(kind, spec) := found if {
	found := azure_nic_public_ip.warn with input as attributes_test.judged(kind, spec)
}

test_public_addresses_are_found if {
	_found("azurerm_network_interface", {"ip_configuration": [{}, {"public_ip_address_id": "${azurerm_public_ip.x.id}"}]}) == {{
		"msg": "azurerm_network_interface.it gives a machine a public address",
		"path": ["spec", "ip_configuration", 1, "public_ip_address_id"],
	}}
	interface := {"ip_configuration": [{"public_ip_address": [{"name": "x"}]}]}
	{f.path | some f in _found("azurerm_linux_virtual_machine_scale_set", {"network_interface": [interface]})} == {[
		"spec",
		"network_interface",
		0,
		"ip_configuration",
		0,
		"public_ip_address",
	]}
}

test_private_addresses_pass if {
	_found("azurerm_network_interface", {"ip_configuration": [{"public_ip_address_id": ""}]}) == set()
	_found("azurerm_network_interface", {"ip_configuration": [{"name": "x"}]}) == set()
	_found("azurerm_linux_virtual_machine_scale_set", {"network_interface": [{"ip_configuration": [{"public_ip_address": []}]}]}) == set()
	_found("azurerm_network_interface", {}) == set()
}

good_example := `resource "azurerm_network_interface" "web" {
  name                = "web"
  location            = "westeurope"
  resource_group_name = "example"

  ip_configuration {
    name                          = "internal"
    subnet_id                     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/virtualNetworks/shop/subnets/web"
    private_ip_address_allocation = "Dynamic"
  }
}
`

bad_example := `resource "azurerm_network_interface" "web" {
  name                = "web"
  location            = "westeurope"
  resource_group_name = "example"

  ip_configuration {
    name                          = "internal"
    subnet_id                     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/virtualNetworks/shop/subnets/web"
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id          = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/publicIPAddresses/web"
  }
}
`
