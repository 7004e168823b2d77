package holdfast.security.azure_shared_keys_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_shared_keys

_found(kind, spec) := found if {
	found := azure_shared_keys.warn with input as attributes_test.judged(kind, spec)
}

_fault(kind, attribute, path) := {{
	"msg": sprintf("%s.it accepts shared keys: %s is not false", [kind, attribute]),
	"path": path,
}}

_attributes := {
	"azurerm_storage_account": "shared_access_key_enabled",
	"azurerm_servicebus_namespace": "local_auth_enabled",
	"azurerm_eventgrid_topic": "local_auth_enabled",
	"azurerm_eventgrid_domain": "local_auth_enabled",
	"azurerm_cognitive_account": "local_auth_enabled",
	"azurerm_app_configuration": "local_auth_enabled",
	"azurerm_cosmosdb_account": "local_authentication_enabled",
	"azurerm_eventhub_namespace": "local_authentication_enabled",
	"azurerm_search_service": "local_authentication_enabled",
}

test_keys_are_found if {
	every kind, attribute in _attributes {
		_found(kind, {}) == _fault(kind, attribute, ["spec"])
		_found(kind, {attribute: true}) == _fault(kind, attribute, ["spec", attribute])
	}
	count(_found("azurerm_cosmosdb_account", {"local_authentication_disabled": false})) == 1
}

test_no_keys_pass if {
	every kind, attribute in _attributes {
		_found(kind, {attribute: false}) == set()
		_found(kind, {attribute: "${var.x}"}) == set()
	}
	_found("azurerm_cosmosdb_account", {"local_authentication_disabled": true}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                      = "examplelogs"
  resource_group_name       = "example"
  location                  = "westeurope"
  account_tier              = "Standard"
  account_replication_type  = "GRS"
  shared_access_key_enabled = false
}
`

bad_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GRS"
}
`
