# METADATA
# title: Web application firewalls that only watch
# description: |
#   A firewall policy in mode Detection, or one that is disabled, lets the
#   attacks that it knows pass. Azure documentation, "WAF modes".
# custom:
#   id: security/azure-waf-detection
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set the mode to Prevention and enabled to true.
#   scope: resource
#   kinds:
#     - terraform/azurerm_web_application_firewall_policy
#     - terraform/azurerm_frontdoor_firewall_policy
#     - terraform/azurerm_cdn_frontdoor_firewall_policy
#     - terraform/azurerm_application_gateway
package holdfast.security.azure_waf_detection

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, why] in _lax
	msg := sprintf("%s stops no attacks: %s", [attributes.title, why])
}

_lax contains [["mode"], "its mode is Detection"] if input.resource.spec.mode == "Detection"

_lax contains [["enabled"], "it is disabled"] if attributes.off(input.resource.spec.enabled)

_lax contains [["policy_settings", 0, "mode"], "its mode is Detection"] if {
	input.resource.spec.policy_settings[0].mode == "Detection"
}

_lax contains [["policy_settings", 0, "enabled"], "it is disabled"] if {
	attributes.off(input.resource.spec.policy_settings[0].enabled)
}

_lax contains [["waf_configuration", 0, "firewall_mode"], "its mode is Detection"] if {
	input.resource.spec.waf_configuration[0].firewall_mode == "Detection"
}

_lax contains [["waf_configuration", 0, "enabled"], "it is disabled"] if {
	attributes.off(input.resource.spec.waf_configuration[0].enabled)
}
