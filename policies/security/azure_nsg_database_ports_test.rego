package holdfast.security.azure_nsg_database_ports_test

import data.holdfast.lib.nsg_test
import data.holdfast.security.azure_nsg_database_ports

_deny(it) := found if {
	found := azure_nsg_database_ports.deny with input as it
}

test_open_ports_are_found if {
	_deny(nsg_test.apart({"destination_port_range": "5432"})) == {{
		"msg": "azurerm_network_security_rule.it lets the Internet in on port 5432 (PostgreSQL)",
		"path": ["spec", "destination_port_range"],
	}}
	_deny(nsg_test.inside([nsg_test.open({"destination_port_ranges": ["1433", "27000-27100"]})])) == {{
		"msg": `rule "in" of azurerm_network_security_group.it lets the Internet in on port 1433 (SQL Server), 27017 (MongoDB)`,
		"path": ["spec", "security_rule", 0, "destination_port_ranges"],
	}}
}

test_other_rules_pass if {
	every changes in [
		{},
		{"destination_port_range": "*"},
		{"destination_port_range": "5432", "protocol": "Udp"},
		{"destination_port_range": "5432", "access": "Deny"},
		{"destination_port_range": "5432", "source_address_prefix": "10.0.0.0/8"},
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
  destination_port_range      = "5432"
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
  destination_port_range      = "5432"
  source_address_prefix       = "Internet"
  destination_address_prefix  = "*"
  resource_group_name         = "example"
  network_security_group_name = "example"
}
`
