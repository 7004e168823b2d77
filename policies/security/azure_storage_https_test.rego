package holdfast.security.azure_storage_https_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_storage_https

_found(kind, spec) := found if {
	found := azure_storage_https.deny with input as attributes_test.judged(kind, spec)
}

test_http_is_found if {
	_found("azurerm_storage_account", {"https_traffic_only_enabled": false}) == {{
		"msg": "azurerm_storage_account.it accepts requests over plain HTTP",
		"path": ["spec", "https_traffic_only_enabled"],
	}}
	{f.path | some f in _found("azurerm_storage_account", {"enable_https_traffic_only": "false", "nfsv3_enabled": false})} == {[
		"spec",
		"enable_https_traffic_only",
	]}
}

test_https_passes if {
	every spec in [
		{},
		{"https_traffic_only_enabled": true},
		{"enable_https_traffic_only": "true"},
		{"https_traffic_only_enabled": "${var.x}"},
		{"https_traffic_only_enabled": null},
		null,
	] {
		_found("azurerm_storage_account", spec) == set()
	}
}

test_nfs_passes if {
	_found("azurerm_storage_account", {"https_traffic_only_enabled": false, "nfsv3_enabled": true}) == set()
}

good_example := `resource "azurerm_storage_account" "logs" {
  name                       = "examplelogs"
  resource_group_name        = "example"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "GRS"
  https_traffic_only_enabled = true
}
`

bad_example := `resource "azurerm_storage_account" "logs" {
  name                       = "examplelogs"
  resource_group_name        = "example"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "GRS"
  https_traffic_only_enabled = false
}
`
