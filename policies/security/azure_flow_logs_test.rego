package holdfast.security.azure_flow_logs_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_flow_logs

_found(kind, spec) := found if {
	found := azure_flow_logs.warn with input as attributes_test.judged(kind, spec)
}

_kept(policy) := _found("azurerm_network_watcher_flow_log", {"enabled": true, "retention_policy": [policy]})

test_brief_logs_are_found if {
	_kept({"enabled": true, "days": 89}) == {{
		"msg": "azurerm_network_watcher_flow_log.it keeps its records for 89 days, less than 90",
		"path": ["spec", "retention_policy", 0, "days"],
	}}
	count(_kept({"enabled": true, "days": 1})) == 1
	_found("azurerm_network_watcher_flow_log", {"enabled": false}) == {{
		"msg": "azurerm_network_watcher_flow_log.it is disabled",
		"path": ["spec", "enabled"],
	}}
}

test_long_logs_pass if {
	_kept({"enabled": true, "days": 90}) == set()
	_kept({"enabled": true, "days": 0}) == set()
	_kept({"enabled": false, "days": 7}) == set()
	_kept({"enabled": true, "days": "7"}) == set()
	_found("azurerm_network_watcher_flow_log", {}) == set()
}

good_example := `resource "azurerm_network_watcher_flow_log" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  enabled             = true

  retention_policy {
    enabled = true
    days    = 90
  }
}
`

bad_example := `resource "azurerm_network_watcher_flow_log" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  enabled             = true

  retention_policy {
    enabled = true
    days    = 7
  }
}
`
