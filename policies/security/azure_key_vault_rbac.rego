# METADATA
# title: Key vaults with access policies
# description: |
#   Access policies of a key vault are apart from the roles of everything else:
#   no conditions, no elevation in time, no review. Microsoft recommends roles.
#   CIS Microsoft Azure Foundations Benchmark 2.0.0, 8.6.
# custom:
#   id: security/azure-key-vault-rbac
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/8.6]
#   remediation: >-
#     Set rbac_authorization_enabled (enable_rbac_authorization before azurerm 4) to true and assign
#     roles.
#   scope: resource
#   kinds: [terraform/azurerm_key_vault]
package holdfast.security.azure_key_vault_rbac

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": _path} if {
	not _on
	msg := sprintf("%s does not go by roles", [attributes.title])
}

_path := ["spec", "enable_rbac_authorization"] if attributes.off(input.resource.spec.enable_rbac_authorization)

else := attributes.place(
	["rbac_authorization_enabled"],
	[value | value := input.resource.spec.rbac_authorization_enabled],
)

_on if attributes.maybe_on(input.resource.spec.rbac_authorization_enabled)

_on if attributes.maybe_on(input.resource.spec.enable_rbac_authorization)
