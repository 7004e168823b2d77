package holdfast.security.azure_secure_transport_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_secure_transport

_found(kind, spec) := found if {
	found := azure_secure_transport.deny with input as attributes_test.judged(kind, spec)
}

test_off_is_found if {
	every value in ["OFF", "off"] {
		_found("azurerm_mysql_flexible_server_configuration", {"name": "require_secure_transport", "value": value}) == {{
			"msg": "azurerm_mysql_flexible_server_configuration.it lets a server accept unencrypted connections",
			"path": ["spec", "value"],
		}}
	}
}

test_other_parameters_pass if {
	_found("azurerm_mysql_flexible_server_configuration", {"name": "require_secure_transport", "value": "ON"}) == set()
	_found("azurerm_mysql_flexible_server_configuration", {"name": "slow_query_log", "value": "OFF"}) == set()
	_found("azurerm_mysql_flexible_server_configuration", {"name": "require_secure_transport", "value": null}) == set()
}

good_example := `resource "azurerm_postgresql_flexible_server_configuration" "tls" {
  name      = "require_secure_transport"
  server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop"
  value     = "on"
}
`

bad_example := `resource "azurerm_postgresql_flexible_server_configuration" "tls" {
  name      = "require_secure_transport"
  server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop"
  value     = "off"
}
`
