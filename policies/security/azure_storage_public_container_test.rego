package holdfast.security.azure_storage_public_container_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_storage_public_container

_found(kind, spec) := found if {
	found := azure_storage_public_container.deny with input as attributes_test.judged(kind, spec)
}

test_public_is_found if {
	_found("azurerm_storage_container", {"container_access_type": "blob"}) == {{
		"msg": `azurerm_storage_container.it lets anyone read its blobs: its access type is "blob"`,
		"path": ["spec", "container_access_type"],
	}}
	count(_found("azurerm_storage_container", {"container_access_type": "Container"})) == 1
}

test_private_passes if {
	every spec in [{}, {"container_access_type": "private"}, {"container_access_type": null}, {"container_access_type": 1}] {
		_found("azurerm_storage_container", spec) == set()
	}
}

good_example := `resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Storage/storageAccounts/examplelogs"
  container_access_type = "private"
}
`

bad_example := `resource "azurerm_storage_container" "assets" {
  name                  = "assets"
  storage_account_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Storage/storageAccounts/examplelogs"
  container_access_type = "container"
}
`
