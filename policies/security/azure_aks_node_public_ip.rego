# METADATA
# title: AKS nodes with public addresses
# description: |
#   Nodes with public addresses can be reached from the Internet past the
#   cluster's load balancers. Azure documentation, "Use instance-level public
#   IPs in AKS".
# custom:
#   id: security/azure-aks-node-public-ip
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set node_public_ip_enabled (enable_node_public_ip before azurerm 4) to false, or leave it out.
#   scope: resource
#   kinds:
#     - terraform/azurerm_kubernetes_cluster
#     - terraform/azurerm_kubernetes_cluster_node_pool
package holdfast.security.azure_aks_node_public_ip

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s gives its nodes public addresses", [attributes.title])
}

_on contains ["default_node_pool", 0, "node_public_ip_enabled"] if {
	attributes.on(input.resource.spec.default_node_pool[0].node_public_ip_enabled)
}

_on contains ["default_node_pool", 0, "enable_node_public_ip"] if {
	attributes.on(input.resource.spec.default_node_pool[0].enable_node_public_ip)
}

_on contains ["node_public_ip_enabled"] if attributes.on(input.resource.spec.node_public_ip_enabled)

_on contains ["enable_node_public_ip"] if attributes.on(input.resource.spec.enable_node_public_ip)
