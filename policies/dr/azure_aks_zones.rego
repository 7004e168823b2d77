# METADATA
# title: AKS node pools in one zone
# description: |
#   Nodes in one availability zone, or in none that is named, are all down with
#   it. Azure documentation, "Reliability in Azure Kubernetes Service".
# custom:
#   id: dr/azure-aks-zones
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Give zones with two or more, as in zones = ["1", "2", "3"].
#   scope: resource
#   kinds:
#     - terraform/azurerm_kubernetes_cluster
#     - terraform/azurerm_kubernetes_cluster_node_pool
package holdfast.dr.azure_aks_zones

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "azurerm_kubernetes_cluster"
	not _spread(_zones)
	msg := sprintf("%s has its default nodes in one zone", [attributes.title])
	path := attributes.place(
		["default_node_pool", 0, "zones"],
		[value | value := input.resource.spec.default_node_pool[0].zones],
	)
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "azurerm_kubernetes_cluster_node_pool"
	not _spread(_zones)
	msg := sprintf("%s has its nodes in one zone", [attributes.title])
	path := attributes.place(["zones"], [value | value := input.resource.spec.zones])
}

_zones contains input.resource.spec.zones

_zones contains input.resource.spec.availability_zones

_zones contains input.resource.spec.default_node_pool[0].zones

_zones contains input.resource.spec.default_node_pool[0].availability_zones

_spread(lists) if {
	some zones in lists
	_ := zones[1]
}

_spread(lists) if {
	some zones in lists
	attributes.later(zones)
}
