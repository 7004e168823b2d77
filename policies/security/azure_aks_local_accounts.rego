# METADATA
# title: AKS clusters with local accounts
# description: |
#   The local admin account of an AKS cluster is a certificate with every right:
#   it belongs to nobody, is in no audit log by name and cannot be revoked. With
#   Microsoft Entra integration it is not needed. Azure documentation, "Manage
#   local accounts with AKS-managed Microsoft Entra integration".
# custom:
#   id: security/azure-aks-local-accounts
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set local_account_disabled to true, with azure_active_directory_role_based_access_control.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_local_accounts

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s keeps its local admin account", [attributes.title])
	path := attributes.place(
		["local_account_disabled"],
		[value | value := input.resource.spec.local_account_disabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.local_account_disabled)
