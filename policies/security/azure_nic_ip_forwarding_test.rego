package holdfast.security.azure_nic_ip_forwarding_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_nic_ip_forwarding

_found(kind, spec) := found if {
	found := azure_nic_ip_forwarding.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_network_interface.it forwards packets that are not its own", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_network_interface", {"ip_forwarding_enabled": true}) == _fault(["spec", "ip_forwarding_enabled"])
	_found("azurerm_network_interface", {"ip_forwarding_enabled": "true"}) == _fault(["spec", "ip_forwarding_enabled"])
	_found("azurerm_network_interface", {"enable_ip_forwarding": true}) == _fault(["spec", "enable_ip_forwarding"])
	_found("azurerm_network_interface", {"enable_ip_forwarding": "true"}) == _fault(["spec", "enable_ip_forwarding"])
}

test_what_is_well_passes if {
	_found("azurerm_network_interface", {"ip_forwarding_enabled": false}) == set()
	_found("azurerm_network_interface", {"ip_forwarding_enabled": "${var.x}"}) == set()
	_found("azurerm_network_interface", {"enable_ip_forwarding": false}) == set()
	_found("azurerm_network_interface", {"enable_ip_forwarding": "${var.x}"}) == set()
	_found("azurerm_network_interface", {}) == set()
	_found("azurerm_network_interface", null) == set()
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
  ip_forwarding_enabled = true

  ip_configuration {
    name                          = "internal"
    subnet_id                     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/virtualNetworks/shop/subnets/web"
    private_ip_address_allocation = "Dynamic"
  }
}
`
