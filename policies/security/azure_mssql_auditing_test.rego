package holdfast.security.azure_mssql_auditing_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_mssql_auditing

_found(kind, spec) := found if {
	found := azure_mssql_auditing.warn with input as attributes_test.judged(kind, spec)
}

_server := attributes_test.made("azurerm_mssql_server", {"name": "shop"})

_policy(spec, of) := attributes_test.points(
	attributes_test.made("azurerm_mssql_server_extended_auditing_policy", spec),
	"server_id",
	[of],
)

_with(others) := found if {
	found := azure_mssql_auditing.warn with input as attributes_test.of(_server)
		with data.holdfast.resources as attributes_test.stored(others | {_server})
}

test_no_policy_is_found if {
	_with(set()) == {{
		"msg": "azurerm_mssql_server.it has no auditing policy",
		"path": ["spec"],
	}}
	count(_with({_policy({}, "azurerm_mssql_server.other")})) == 1
	count(_with({_policy({"enabled": false}, "azurerm_mssql_server.it")})) == 1
}

test_a_policy_passes if {
	_with({_policy({}, "azurerm_mssql_server.it")}) == set()
	_with({_policy({"enabled": true}, "azurerm_mssql_server.it")}) == set()
	_found("azurerm_mssql_server", {"extended_auditing_policy": [{}]}) == set()
}

good_example := `resource "azurerm_mssql_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "12.0"
}

resource "azurerm_mssql_server_extended_auditing_policy" "shop" {
  server_id              = azurerm_mssql_server.shop.id
  log_monitoring_enabled = true
}
`

bad_example := `resource "azurerm_mssql_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "12.0"
}
`
