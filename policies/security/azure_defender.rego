# METADATA
# title: Microsoft Defender switched off
# description: |
#   The tier Free of Microsoft Defender for Cloud finds no attacks on the
#   resources of the kind. CIS Microsoft Azure Foundations Benchmark 2.0.0,
#   2.1.1 to 2.1.12.
# custom:
#   id: security/azure-defender
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set tier to Standard.
#   scope: resource
#   kinds: [terraform/azurerm_security_center_subscription_pricing]
package holdfast.security.azure_defender

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "tier"]} if {
	attributes.word(input.resource.spec.tier) == "free"
	msg := sprintf("%s leaves Microsoft Defender off for %s", [attributes.title, _what])
}

_what := input.resource.spec.resource_type if {
	is_string(input.resource.spec.resource_type)
} else := "VirtualMachines"
