package holdfast.security.azure_nsg_admin_ports_test

import data.holdfast.lib.nsg_test
import data.holdfast.security.azure_nsg_admin_ports

_deny(it) := found if {
	found := azure_nsg_admin_ports.deny with input as it
}

test_open_ports_are_found if {
	_deny(nsg_test.apart({"destination_port_range": "22"})) == {{
		"msg": "azurerm_network_security_rule.it lets the Internet in on port 22 (SSH)",
		"path": ["spec", "destination_port_range"],
	}}
	_deny(nsg_test.inside([nsg_test.open({"protocol": "*", "destination_port_ranges": ["3389", "5985-5986"]})])) == {{
		"msg": `rule "in" of azurerm_network_security_group.it lets the Internet in on port 3389 (RDP), 5985 (WinRM), 5986 (WinRM)`,
		"path": ["spec", "security_rule", 0, "destination_port_ranges"],
	}}
}

test_every_port_is_found if {
	{f.msg | some f in _deny(nsg_test.apart({"destination_port_range": "*"}))} == {"azurerm_network_security_rule.it lets the Internet in on every port"}
}

test_other_rules_pass if {
	every changes in [
		{},
		{"destination_port_range": "443"},
		{"destination_port_range": "22", "protocol": "Udp"},
		{"destination_port_range": "22", "access": "Deny"},
		{"destination_port_range": "22", "direction": "Outbound"},
		{"destination_port_range": "22", "source_address_prefix": "10.0.0.0/8"},
	] {
		_deny(nsg_test.apart(changes)) == set()
	}
}

good_example := `resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
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
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "example"
  network_security_group_name = "example"
}
`
