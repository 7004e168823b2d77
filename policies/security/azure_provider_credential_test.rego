package holdfast.security.azure_provider_credential_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_provider_credential

_provider(name, spec) := found if {
	found := azure_provider_credential.deny with input as attributes_test.of(attributes_test.named("provider", name, spec))
}

test_literal_secrets_are_found if {
	_provider("azurerm", {"client_secret": "hunter2"}) == {{
		"msg": "provider azurerm has its client_secret in the configuration",
		"path": ["spec", "client_secret"],
	}}
	every name in ["azurerm.west", "azuread", "azapi", "azurestack"] {
		{f.path | some f in _provider(name, {"client_certificate_password": "hunter2"})} == {["spec", "client_certificate_password"]}
	}
}

test_others_pass if {
	_provider("azurerm", {"client_secret": "${data.x.y.z}"}) == set()
	_provider("azurerm", {"client_secret": ""}) == set()
	_provider("azurerm", {}) == set()
	_provider("azurerm-like", {"client_secret": "hunter2"}) == set()
	_provider(null, {"client_secret": "hunter2"}) == set()
}

good_example := `provider "azurerm" {
  features {}
  use_oidc = true
}
`

bad_example := `provider "azurerm" {
  features {}
  client_id     = "00000000-0000-0000-0000-000000000000"
  client_secret = "correct horse battery staple"
}
`
