package holdfast.security.azure_database_firewall_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_database_firewall

_found(kind, spec) := found if {
	found := azure_database_firewall.deny with input as attributes_test.judged(kind, spec)
}

_range(start, end) := _found("azurerm_mssql_firewall_rule", {"start_ip_address": start, "end_ip_address": end})

test_wide_ranges_are_found if {
	_range("0.0.0.0", "255.255.255.255") == {{
		"msg": "azurerm_mssql_firewall_rule.it lets in everyone from 0.0.0.0 to 255.255.255.255",
		"path": ["spec", "start_ip_address"],
	}}
	count(_range("0.0.0.0", "10.0.0.0")) == 1
	count(_range(" 0.0.0.0/0", "1.0.0.0")) == 1
	count(_range("200.0.0.0", "255.255.255.255")) == 1
	count(_range("1.0.0.0", "3.0.0.0")) == 1
	_found("azurerm_redis_firewall_rule", {"start_ip": "1.1.1.1", "end_ip": "255.255.255.255"}) == {{
		"msg": "azurerm_redis_firewall_rule.it lets in everyone from 1.1.1.1 to 255.255.255.255",
		"path": ["spec", "start_ip"],
	}}
}

test_narrow_ranges_pass if {
	_range("198.51.100.1", "198.51.100.9") == set()
	_range("10.0.0.0", "11.255.255.255") == set()
	_range("0.0.0.0", "0.0.0.0") == set()
	_range("${a.b}", "${a.c}") == set()
	_range(null, null) == set()
	_range("1.0.0.0", "text") == set()
	_found("azurerm_redis_firewall_rule", {"start_ip": "1.1.1.1", "end_ip": "1.1.1.1"}) == set()
	_found("azurerm_redis_firewall_rule", {}) == set()
}

good_example := `resource "azurerm_mssql_firewall_rule" "office" {
  name             = "office"
  server_id        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  start_ip_address = "198.51.100.7"
  end_ip_address   = "198.51.100.7"
}
`

bad_example := `resource "azurerm_mssql_firewall_rule" "office" {
  name             = "office"
  server_id        = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Sql/servers/shop"
  start_ip_address = "0.0.0.0"
  end_ip_address   = "255.255.255.255"
}
`
