# METADATA
# title: Keys and secrets that never expire
# description: |
#   A key or secret with a date on which it ends is renewed in time, and one
#   that leaked is of use for a while only. The rotation policy of a key counts
#   where it has expire_after. CIS Microsoft Azure Foundations Benchmark 2.0.0,
#   8.1 to 8.4.
# custom:
#   id: security/azure-key-vault-expiration
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/8.1, cis-azure/8.2, cis-azure/8.3, cis-azure/8.4]
#   remediation: >-
#     Set expiration_date, or rotation_policy.expire_after for a key.
#   scope: resource
#   kinds: [terraform/azurerm_key_vault_key, terraform/azurerm_key_vault_secret]
package holdfast.security.azure_key_vault_expiration

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not _expires
	msg := sprintf("%s never expires", [attributes.title])
}

_expires if input.resource.spec.expiration_date != ""

_expires if input.resource.spec.rotation_policy[0].expire_after != ""
