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
}

test_servers_that_enforce_pass if {
	_found("azurerm_postgresql_server", {"ssl_enforcement_enabled": true}) == set()
	_found("azurerm_mysql_server", {"ssl_enforcement": "Enabled"}) == set()
}

good_example := `resource "azurerm_redis_cache" "sessions" {
  name                = "sessions"
  location            = "westeurope"
  resource_group_name = "example"
  capacity            = 1
  family              = "C"
  sku_name            = "Standard"
  minimum_tls_version = "1.2"
}
`

bad_example := `resource "azurerm_redis_cache" "sessions" {
  name                = "sessions"
  location            = "westeurope"
  resource_group_name = "example"
  capacity            = 1
  family              = "C"
  sku_name            = "Standard"
  minimum_tls_version = "1.2"
  non_ssl_port_enabled = true
}
`
