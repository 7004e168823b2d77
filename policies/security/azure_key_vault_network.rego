# METADATA
# title: Key vaults open to every network
# description: |
#   A key vault answers every network unless its network_acls deny by default or
#   its public endpoint is off; what protects its keys is then a credential
#   alone. Azure documentation, "Configure Azure Key Vault networking settings".
# custom:
#   id: security/azure-key-vault-network
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Give network_acls with default_action Deny, or set public_network_access_enabled to false.
#   scope: resource
#   kinds: [terraform/azurerm_key_vault]
package holdfast.security.azure_key_vault_network

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _closed
	msg := sprintf("%s lets in every network", [attributes.title])
	path := attributes.place(
		["network_acls", 0, "default_action"],
		[value | value := input.resource.spec.network_acls[0].default_action],
	)
}

_closed if attributes.maybe_off(input.resource.spec.public_network_access_enabled)

_closed if attributes.word(input.resource.spec.network_acls[0].default_action) == "deny"

_closed if attributes.later(input.resource.spec.network_acls[0].default_action)
