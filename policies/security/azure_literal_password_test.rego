package holdfast.security.azure_literal_password_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_literal_password

_found(kind, spec) := found if {
	found := azure_literal_password.deny with input as attributes_test.judged(kind, spec)
}

test_literal_passwords_are_found if {
	_found("azurerm_mssql_server", {"administrator_login_password": "hunter2"}) == {{
		"msg": "azurerm_mssql_server.it has its administrator_login_password in the configuration",
		"path": ["spec", "administrator_login_password"],
	}}
	every name in ["administrator_password", "admin_password", "sql_administrator_login_password"] {
		{f.path | some f in _found("azurerm_mssql_server", {name: "hunter2"})} == {["spec", name]}
	}
	{f.path | some f in _found("azurerm_key_vault_secret", {"value": "hunter2"})} == {["spec", "value"]}
	{f.path | some f in _found("azurerm_virtual_machine", {"os_profile": [{}, {"admin_password": "hunter2"}]})} == {[
		"spec",
		"os_profile",
		1,
		"admin_password",
	]}
}

test_other_values_pass if {
	_found("azurerm_mssql_server", {"administrator_login_password": "${random_password.x.result}"}) == set()
	_found("azurerm_mssql_server", {"administrator_login_password": ""}) == set()
	_found("azurerm_mssql_server", {"administrator_login_password": null, "value": "hunter2"}) == set()
	_found("azurerm_virtual_machine", {"os_profile": [{"admin_password": "${random_password.x.result}"}]}) == set()
	_found("azurerm_mssql_server", {}) == set()
}

good_example := `resource "azurerm_mssql_server" "shop" {
  name                         = "shop"
  resource_group_name          = "example"
  location                     = "westeurope"
  version                      = "12.0"
  administrator_login          = "shop"
  administrator_login_password = random_password.shop.result
}

resource "random_password" "shop" {
  length = 32
}
`

bad_example := `resource "azurerm_mssql_server" "shop" {
  name                         = "shop"
  resource_group_name          = "example"
  location                     = "westeurope"
  version                      = "12.0"
  administrator_login          = "shop"
  administrator_login_password = "correct horse battery staple"
}
`
