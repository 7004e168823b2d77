package holdfast.security.azure_postgresql_logging_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_postgresql_logging

_found(kind, spec) := found if {
	found := azure_postgresql_logging.warn with input as attributes_test.judged(kind, spec)
}

test_off_is_found if {
	_found("azurerm_postgresql_configuration", {"name": "log_checkpoints", "value": "OFF"}) == {{
		"msg": "azurerm_postgresql_configuration.it switches log_checkpoints off",
		"path": ["spec", "value"],
	}}
	every name in ["log_connections", "log_disconnections", "connection_throttling", "connection_throttle.enable"] {
		count(_found("azurerm_postgresql_configuration", {"name": name, "value": "off"})) == 1
	}
}

test_other_settings_pass if {
	_found("azurerm_postgresql_configuration", {"name": "log_checkpoints", "value": "ON"}) == set()
	_found("azurerm_postgresql_configuration", {"name": "backslash_quote", "value": "off"}) == set()
	_found("azurerm_postgresql_configuration", {"name": "log_checkpoints", "value": null}) == set()
	_found("azurerm_postgresql_configuration", {}) == set()
}

good_example := `resource "azurerm_postgresql_flexible_server_configuration" "log" {
  name      = "log_checkpoints"
  server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop"
  value     = "on"
}
`

bad_example := `resource "azurerm_postgresql_flexible_server_configuration" "log" {
  name      = "log_checkpoints"
  server_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop"
  value     = "off"
}
`
