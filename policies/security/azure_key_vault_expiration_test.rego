package holdfast.security.azure_key_vault_expiration_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_key_vault_expiration

_found(kind, spec) := found if {
	found := azure_key_vault_expiration.warn with input as attributes_test.judged(kind, spec)
}

test_no_date_is_found if {
	_found("azurerm_key_vault_secret", {"name": "x"}) == {{
		"msg": "azurerm_key_vault_secret.it never expires",
		"path": ["spec"],
	}}
	count(_found("azurerm_key_vault_key", {"expiration_date": "", "rotation_policy": [{"notify_before_expiry": "P29D"}]})) == 1
	count(_found("azurerm_key_vault_key", {"rotation_policy": [{"expire_after": ""}]})) == 1
}

test_a_date_passes if {
	_found("azurerm_key_vault_secret", {"expiration_date": "2027-12-31T00:00:00Z"}) == set()
	_found("azurerm_key_vault_key", {"rotation_policy": [{"expire_after": "P90D"}]}) == set()
}

good_example := `resource "azurerm_key_vault_secret" "token" {
  name            = "token"
  value           = var.token
  key_vault_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.KeyVault/vaults/shop"
  expiration_date = "2027-12-31T00:00:00Z"
}

variable "token" {
  type      = string
  sensitive = true
}
`

bad_example := `resource "azurerm_key_vault_secret" "token" {
  name         = "token"
  value        = var.token
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.KeyVault/vaults/shop"
}

variable "token" {
  type      = string
  sensitive = true
}
`
