package holdfast.security.azure_storage_network_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_storage_network

_found(kind, spec) := found if {
	found := azure_storage_network.deny with input as attributes_test.judged(kind, spec)
}

_account := "azurerm_storage_account"

_open(path) := {{"msg": "azurerm_storage_account.it lets in every network", "path": path}}

test_open_accounts_are_found if {
	_found(_account, {}) == _open(["spec"])
	_found(_account, {"network_rules": [{"default_action": "Allow"}]}) == _open(["spec", "network_rules", 0, "default_action"])
	_found(_account, {"network_rules": [], "public_network_access_enabled": true}) == _open(["spec"])
	_found(_account, {"network_rules": [{"default_action": 1}]}) == _open(["spec", "network_rules", 0, "default_action"])
}

test_closed_accounts_pass if {
	every spec in [
		{"network_rules": [{"default_action": "Deny"}]},
		{"network_rules": [{"default_action": "${var.action}"}]},
		{"public_network_access_enabled": false, "default_action": "Allow"},
	] {
		_found(_account, spec) == set()
	}
}

test_rules_apart_count if {
	account := attributes_test.made(_account, {"name": "logs"})
	rules := attributes_test.made("azurerm_storage_account_network_rules", {"default_action": "Deny"})
	every attribute in ["storage_account_id", "storage_account_name"] {
		pointing := attributes_test.points(rules, attribute, ["azurerm_storage_account.it"])
		_with(account, {pointing}) == set()
	}
	other := attributes_test.points(rules, "storage_account_id", ["azurerm_storage_account.other"])
	count(_with(account, {other})) == 1

	# What stands in the account itself goes first.
	both := attributes_test.made(_account, {"network_rules": [{"default_action": "Allow"}]})
	count(_with(both, {attributes_test.points(rules, "storage_account_id", ["azurerm_storage_account.it"])})) == 1
}

_with(account, others) := found if {
	found := azure_storage_network.deny with input as attributes_test.of(account)
		with data.holdfast.resources as attributes_test.stored(others | {account})
}

test_rules_apart_that_allow_are_found if {
	kind := "azurerm_storage_account_network_rules"
	_found(kind, {"default_action": "Allow"}) == {{
		"msg": "azurerm_storage_account_network_rules.it lets in every network",
		"path": ["spec", "default_action"],
	}}
	_found(kind, {"default_action": "deny"}) == set()
	_found(kind, {}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GRS"

  network_rules {
    default_action = "Deny"
    ip_rules       = ["198.51.100.7"]
  }
}
`

bad_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GRS"

  network_rules {
    default_action = "Allow"
  }
}
`
