# METADATA
# title: Machines of Azure with a public address
# description: |
#   A network interface with a public address can be reached from the Internet
#   as soon as one rule lets it, past load balancers, firewalls and bastions.
#   Azure security benchmark, NS-1 and NS-2.
# custom:
#   id: security/azure-nic-public-ip
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Drop public_ip_address_id and publish the service by a load balancer, Application Gateway or
#     Azure Bastion.
#   scope: resource
#   kinds:
#     - terraform/azurerm_network_interface
#     - terraform/azurerm_linux_virtual_machine_scale_set
#     - terraform/azurerm_windows_virtual_machine_scale_set
package holdfast.security.azure_nic_public_ip

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	some path in _addresses
	msg := sprintf("%s gives a machine a public address", [attributes.title])
}

_addresses contains ["spec", "ip_configuration", i, "public_ip_address_id"] if {
	input.resource.spec.ip_configuration[i].public_ip_address_id != ""
}

_addresses contains ["spec", "network_interface", i, "ip_configuration", j, "public_ip_address"] if {
	input.resource.spec.network_interface[i].ip_configuration[j].public_ip_address[0]
}
