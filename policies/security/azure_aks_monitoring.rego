# METADATA
# title: AKS clusters whose logs are not kept
# description: |
#   Without the agent of Azure Monitor and without Microsoft Defender the logs
#   of an AKS cluster go with its nodes, and nobody watches them. Azure
#   documentation, "Monitor Azure Kubernetes Service".
# custom:
#   id: security/azure-aks-monitoring
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add oms_agent with a Log Analytics workspace, or microsoft_defender.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_monitoring

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not _watched
	msg := sprintf("%s sends its logs nowhere", [attributes.title])
}

_watched if input.resource.spec.oms_agent[0]

_watched if input.resource.spec.microsoft_defender[0]

_watched if attributes.maybe_on(input.resource.spec.addon_profile[0].oms_agent[0].enabled)
