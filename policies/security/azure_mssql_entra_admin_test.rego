package holdfast.security.azure_mssql_entra_admin_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_mssql_entra_admin

_found(kind, spec) := found if {
	found := azure_mssql_entra_admin.warn with input as attributes_test.judged(kind, spec)
}

test_no_administrator_is_found if {
	_found("azurerm_mssql_server", {}) == {{
		"msg": "azurerm_mssql_server.it has no administrator of Microsoft Entra ID",
		"path": ["spec"],
	}}
	count(_found("azurerm_mssql_server", {"azuread_administrator": []})) == 1
}

test_an_administrator_passes if {
	_found("azurerm_mssql_server", {"azuread_administrator": [{"login_username": "dba"}]}) == set()
	_found("azurerm_mssql_server", {"azuread_administrator": [{}]}) == set()
}

good_example := `resource "azurerm_mssql_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "12.0"

  azuread_administrator {
    login_username = "dba"
    object_id      = "00000000-0000-0000-0000-000000000000"
  }
}
`

bad_example := `resource "azurerm_mssql_server" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  version             = "12.0"
}
`
