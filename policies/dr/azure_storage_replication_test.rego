package holdfast.dr.azure_storage_replication_test

import data.holdfast.dr.azure_storage_replication
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_storage_replication.warn with input as attributes_test.judged(kind, spec)
}

test_one_region_is_found if {
	_found("azurerm_storage_account", {"account_replication_type": "LRS"}) == {{
		"msg": "azurerm_storage_account.it keeps its data in one region: its replication is LRS",
		"path": ["spec", "account_replication_type"],
	}}
	count(_found("azurerm_storage_account", {"account_replication_type": "zrs"})) == 1
}

test_two_regions_pass if {
	every type in ["GRS", "RAGRS", "GZRS", "RAGZRS", "${var.x}", null] {
		_found("azurerm_storage_account", {"account_replication_type": type}) == set()
	}
	_found("azurerm_storage_account", {}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GZRS"
}
`

bad_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
`
