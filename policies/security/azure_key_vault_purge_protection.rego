# METADATA
# title: Key vaults without purge protection
# description: |
#   Without purge protection whoever may purge a key vault, or a key in it, can
#   destroy it for good before its retention ends, and what it encrypts with it.
#   CIS Microsoft Azure Foundations Benchmark 2.0.0, 8.5.
# custom:
#   id: security/azure-key-vault-purge-protection
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/8.5]
#   remediation: >-
#     Set purge_protection_enabled to true. It cannot be taken back.
#   scope: resource
#   kinds:
#     - terraform/azurerm_key_vault
#     - terraform/azurerm_key_vault_managed_hardware_security_module
package holdfast.security.azure_key_vault_purge_protection

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s can be purged for good", [attributes.title])
	path := attributes.place(
		["purge_protection_enabled"],
		[value | value := input.resource.spec.purge_protection_enabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.purge_protection_enabled)
