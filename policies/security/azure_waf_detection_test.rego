package holdfast.security.azure_waf_detection_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_waf_detection

_found(kind, spec) := found if {
	found := azure_waf_detection.warn with input as attributes_test.judged(kind, spec)
}

_lax(path, why) := {{
	"msg": sprintf("azurerm_cdn_frontdoor_firewall_policy.it stops no attacks: %s", [why]),
	"path": path,
}}

_policy(spec) := _found("azurerm_cdn_frontdoor_firewall_policy", spec)

test_watching_is_found if {
	_policy({"mode": "Detection", "enabled": true}) == _lax(["spec", "mode"], "its mode is Detection")
	_policy({"mode": "Prevention", "enabled": false}) == _lax(["spec", "enabled"], "it is disabled")
	_policy({"policy_settings": [{"mode": "Detection"}]}) == _lax(["spec", "policy_settings", 0, "mode"], "its mode is Detection")
	_policy({"policy_settings": [{"enabled": false}]}) == _lax(["spec", "policy_settings", 0, "enabled"], "it is disabled")
	_policy({"waf_configuration": [{"firewall_mode": "Detection"}]}) == _lax(
		["spec", "waf_configuration", 0, "firewall_mode"],
		"its mode is Detection",
	)
	_policy({"waf_configuration": [{"enabled": false}]}) == _lax(["spec", "waf_configuration", 0, "enabled"], "it is disabled")
}

test_prevention_passes if {
	_policy({}) == set()
	_policy({"mode": "Prevention", "enabled": true}) == set()
	_policy({"policy_settings": [{"mode": "Prevention", "enabled": true}]}) == set()
	_policy({"waf_configuration": [{"firewall_mode": "Prevention", "enabled": true}]}) == set()
}

good_example := `resource "azurerm_web_application_firewall_policy" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"

  policy_settings {
    enabled = true
    mode    = "Prevention"
  }
}
`

bad_example := `resource "azurerm_web_application_firewall_policy" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"

  policy_settings {
    enabled = true
    mode    = "Detection"
  }
}
`
