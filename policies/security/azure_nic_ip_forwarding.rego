# METADATA
# title: Network interfaces of Azure that forward packets
# description: |
#   A machine whose interface forwards packets can pass on traffic that is not
#   its own, around the network's rules. Only firewalls and routers need it.
#   Azure documentation, "Enable or disable IP forwarding".
# custom:
#   id: security/azure-nic-ip-forwarding
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set ip_forwarding_enabled (enable_ip_forwarding before azurerm 4) to false, or leave it out.
#   scope: resource
#   kinds: [terraform/azurerm_network_interface]
package holdfast.security.azure_nic_ip_forwarding

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s forwards packets that are not its own", [attributes.title])
}

_on contains ["ip_forwarding_enabled"] if attributes.on(input.resource.spec.ip_forwarding_enabled)

_on contains ["enable_ip_forwarding"] if attributes.on(input.resource.spec.enable_ip_forwarding)
