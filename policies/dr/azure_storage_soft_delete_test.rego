package holdfast.dr.azure_storage_soft_delete_test

import data.holdfast.dr.azure_storage_soft_delete
import data.holdfast.lib.attributes_test

_warn(spec) := found if {
	found := azure_storage_soft_delete.warn with input as attributes_test.judged("azurerm_storage_account", spec)
		with data.holdfast.params.azure_soft_delete_days as 7
}

_gone(path) := {{"msg": "azurerm_storage_account.it keeps no deleted blobs", "path": path}}

test_no_policy_is_found if {
	_warn({}) == _gone(["spec"])
	_warn({"blob_properties": [{"versioning_enabled": true}], "account_kind": "StorageV2"}) == _gone(["spec"])
	_warn({"blob_properties": [{"delete_retention_policy": []}]}) == _gone(["spec", "blob_properties", 0, "delete_retention_policy"])
}

test_few_days_are_found if {
	_warn({"blob_properties": [{"delete_retention_policy": [{"days": 6}]}]}) == {{
		"msg": "azurerm_storage_account.it keeps deleted blobs for 6 days, less than 7",
		"path": ["spec", "blob_properties", 0, "delete_retention_policy", 0, "days"],
	}}
}

test_enough_days_pass if {
	every policy in [{}, {"days": 7}, {"days": 30}, {"days": "${var.days}"}, {"days": null}] {
		_warn({"blob_properties": [{"delete_retention_policy": [policy]}]}) == set()
	}
}

test_files_alone_pass if {
	_warn({"account_kind": "FileStorage"}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                     = "examplelogs"
  resource_group_name      = "example"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GRS"

  blob_properties {
    delete_retention_policy {
      days = 14
    }
  }
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
