# METADATA
# title: AKS clusters that are never upgraded by themselves
# description: |
#   AKS supports a minor version for about a year, and its patches mend faults
#   of security. A cluster without an upgrade channel stays where it is. Azure
#   documentation, "Automatically upgrade an AKS cluster".
# custom:
#   id: security/azure-aks-upgrades
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set automatic_upgrade_channel to patch, stable, rapid or node-image.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_upgrades

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": _path} if {
	not _chosen
	msg := sprintf("%s has no channel of automatic upgrades", [attributes.title])
}

_chosen if input.resource.spec.automatic_upgrade_channel != "none"

_chosen if input.resource.spec.automatic_channel_upgrade != "none"

_path := ["spec", "automatic_upgrade_channel"] if {
	input.resource.spec.automatic_upgrade_channel
} else := ["spec"]
