# METADATA
# title: AKS clusters without network policies
# description: |
#   Without an engine for them an AKS cluster accepts NetworkPolicies and
#   enforces none: each pod may talk to every other one. It can be chosen only
#   when the cluster is created, with some exceptions. Azure documentation,
#   "Secure traffic between pods by using network policies in AKS".
# custom:
#   id: security/azure-aks-network-policy
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set network_profile.network_policy to azure, calico or cilium.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_network_policy

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _engine
	msg := sprintf("%s enforces no network policies", [attributes.title])
	path := attributes.place(
		["network_profile", 0, "network_policy"],
		[value | value := input.resource.spec.network_profile[0].network_policy],
	)
}

_engine if not attributes.word(input.resource.spec.network_profile[0].network_policy) in {"", "none"}
