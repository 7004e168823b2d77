package holdfast.security.azure_nsg_internet_test

import data.holdfast.lib.nsg_test
import data.holdfast.security.azure_nsg_internet

_warn(it) := found if {
	found := azure_nsg_internet.warn with input as it with data.holdfast.params.azure_public_ports as ["80", "443"]
}

test_open_ports_are_found if {
	_warn(nsg_test.apart({})) == {{
		"msg": "azurerm_network_security_rule.it lets the Internet in on port 8080",
		"path": ["spec", "destination_port_range"],
	}}
	_warn(nsg_test.inside([nsg_test.open({"destination_port_range": "443", "destination_port_ranges": ["9500-9600", 80]})])) == {{
		"msg": `rule "in" of azurerm_network_security_group.it lets the Internet in on port 9500-9600`,
		"path": ["spec", "security_rule", 0, "destination_port_ranges"],
	}}
	count(_warn(nsg_test.apart({"protocol": "Udp", "destination_port_range": "443"}))) == 1
	count(_warn(nsg_test.apart({"protocol": "Udp", "destination_port_range": "*"}))) == 1
}

test_other_rules_pass if {
	every changes in [
		{"destination_port_range": "443"},
		{"destination_port_range": "22"},
		{"destination_port_range": "5432"},
		{"destination_port_range": "*"},
		{"access": "Deny"},
		{"source_address_prefix": "10.0.0.0/8"},
	] {
		_warn(nsg_test.apart(changes)) == set()
	}
}

good_example := `resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "8080"
  source_address_prefix       = "198.51.100.0/24"
  destination_address_prefix  = "*"
  resource_group_name         = "example"
  network_security_group_name = "example"
}
`

bad_example := `resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "8080"
  source_address_prefix       = "0.0.0.0/0"
  destination_address_prefix  = "*"
  resource_group_name         = "example"
  network_security_group_name = "example"
}
`
