package holdfast.security.azure_defender_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_defender

_found(kind, spec) := found if {
	found := azure_defender.warn with input as attributes_test.judged(kind, spec)
}

test_free_is_found if {
	_found("azurerm_security_center_subscription_pricing", {"tier": "Free", "resource_type": "KeyVaults"}) == {{
		"msg": "azurerm_security_center_subscription_pricing.it leaves Microsoft Defender off for KeyVaults",
		"path": ["spec", "tier"],
	}}
	every spec in [{"tier": "free"}, {"tier": "Free", "resource_type": 7}] {
		{f.msg | some f in _found("azurerm_security_center_subscription_pricing", spec)} == {
			"azurerm_security_center_subscription_pricing.it leaves Microsoft Defender off for VirtualMachines",
		}
	}
}

test_standard_passes if {
	_found("azurerm_security_center_subscription_pricing", {"tier": "Standard"}) == set()
	_found("azurerm_security_center_subscription_pricing", {"tier": null}) == set()
}

good_example := `resource "azurerm_security_center_subscription_pricing" "vaults" {
  tier          = "Standard"
  resource_type = "KeyVaults"
}
`

bad_example := `resource "azurerm_security_center_subscription_pricing" "vaults" {
  tier          = "Free"
  resource_type = "KeyVaults"
}
`
