package holdfast.security.azure_storage_infrastructure_encryption_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_storage_infrastructure_encryption

_found(kind, spec) := found if {
	found := azure_storage_infrastructure_encryption.warn with input as attributes_test.judged(kind, spec)
}

test_no_second_encryption_is_found if {
	_found("azurerm_storage_account", {"infrastructure_encryption_enabled": false}) == {{
		"msg": "azurerm_storage_account.it is without infrastructure encryption",
		"path": ["spec", "infrastructure_encryption_enabled"],
	}}
	{f.path | some f in _found("azurerm_storage_account", {})} == {["spec"]}
}

test_a_second_encryption_passes if {
	_found("azurerm_storage_account", {"infrastructure_encryption_enabled": true}) == set()
	_found("azurerm_storage_account", {"infrastructure_encryption_enabled": "${var.x}"}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                              = "examplelogs"
  resource_group_name               = "example"
  location                          = "westeurope"
  account_tier                      = "Standard"
  account_replication_type          = "GRS"
  infrastructure_encryption_enabled = true
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
