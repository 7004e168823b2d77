package holdfast.security.azure_unencrypted_connections_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_unencrypted_connections

_found(kind, spec) := found if {
	found := azure_unencrypted_connections.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_redis_cache.it accepts unencrypted connections", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_redis_cache", {"non_ssl_port_enabled": true}) == _fault(["spec", "non_ssl_port_enabled"])
	_found("azurerm_redis_cache", {"non_ssl_port_enabled": "true"}) == _fault(["spec", "non_ssl_port_enabled"])
	_found("azurerm_redis_cache", {"enable_non_ssl_port": true}) == _fault(["spec", "enable_non_ssl_port"])
	_found("azurerm_redis_cache", {"enable_non_ssl_port": "true"}) == _fault(["spec", "enable_non_ssl_port"])
}

test_what_is_well_passes if {
	_found("azurerm_redis_cache", {"non_ssl_port_enabled": false}) == set()
	_found("azurerm_redis_cache", {"non_ssl_port_enabled": "${var.x}"}) == set()
	_found("azurerm_redis_cache", {"enable_non_ssl_port": false}) == set()
	_found("azurerm_redis_cache", {"enable_non_ssl_port": "${var.x}"}) == set()
	_found("azurerm_redis_cache", {}) == set()
	_found("azurerm_redis_cache", null) == set()
}

test_servers_that_do_not_enforce_are_found if {
	_found("azurerm_postgresql_server", {"ssl_enforcement_enabled": false}) == {{
		"msg": "azurerm_postgresql_server.it accepts unencrypted connections",
		"path": ["spec", "ssl_enforcement_enabled"],
	}}
	{f.path | some f in _found("azurerm_mysql_server", {"ssl_enforcement": "Disabled"})} == {["spec", "ssl_enforcement"]}
	every value in ["OFF", "off"] {
		parameter := {"name": "require_secure_transport", "value": value}
		{f.path | some f in _found("azurerm_mysql_flexible_server_configuration", parameter)} == {["spec", "value"]}
	}
}

test_servers_that_enforce_pass if {
	_found("azurerm_postgresql_server", {"ssl_enforcement_enabled": true}) == set()
	_found("azurerm_mysql_server", {"ssl_enforcement": "Enabled"}) == set()
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
