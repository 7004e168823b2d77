package holdfast.security.azure_storage_public_items_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_storage_public_items

_found(kind, spec) := found if {
	found := azure_storage_public_items.deny with input as attributes_test.judged(kind, spec)
}

test_public_items_are_found if {
	_found("azurerm_storage_account", {"allow_nested_items_to_be_public": true}) == {{
		"msg": "azurerm_storage_account.it lets its containers be made public",
		"path": ["spec", "allow_nested_items_to_be_public"],
	}}
	{f.path | some f in _found("azurerm_storage_account", {})} == {["spec"]}
	{f.path | some f in _found("azurerm_storage_account", {"allow_blob_public_access": true})} == {["spec"]}
}

test_private_items_pass if {
	every spec in [
		{"allow_nested_items_to_be_public": false},
		{"allow_nested_items_to_be_public": "${var.x}"},
		{"allow_blob_public_access": false},
	] {
		_found("azurerm_storage_account", spec) == set()
	}
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                            = "examplelogs"
  resource_group_name             = "example"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "GRS"
  allow_nested_items_to_be_public = false
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
