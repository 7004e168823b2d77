# METADATA
# title: AKS clusters without Azure Policy
# description: |
#   The Azure Policy add-on lets the rules of a subscription be enforced in its
#   clusters. Azure documentation, "Understand Azure Policy for Kubernetes
#   clusters".
# custom:
#   id: security/azure-aks-policy
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set azure_policy_enabled to true.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_policy

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": _path} if {
	not _on
	msg := sprintf("%s is without the Azure Policy add-on", [attributes.title])
}

_path := ["spec", "addon_profile", 0, "azure_policy", 0, "enabled"] if attributes.off(input.resource.spec.addon_profile[0].azure_policy[0].enabled)

else := attributes.place(
	["azure_policy_enabled"],
	[value | value := input.resource.spec.azure_policy_enabled],
)

_on if attributes.maybe_on(input.resource.spec.azure_policy_enabled)

_on if attributes.maybe_on(input.resource.spec.addon_profile[0].azure_policy[0].enabled)
