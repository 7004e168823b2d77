# METADATA
# title: Administration ports of Azure open to the Internet
# description: |
#   A network security group that lets the whole Internet in on SSH, RDP, Telnet
#   or WinRM exposes machines to guessed passwords and to the next fault of
#   those services. A rule for every port counts. CIS Microsoft Azure
#   Foundations Benchmark 2.0.0, 6.1 and 6.2.
# custom:
#   id: security/azure-nsg-admin-ports
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-azure/6.1, cis-azure/6.2]
#   remediation: >-
#     Name the networks of administrators in source_address_prefix, or use Azure Bastion and drop
#     the rule.
#   scope: resource
#   kinds: [terraform/azurerm_network_security_group, terraform/azurerm_network_security_rule]
package holdfast.security.azure_nsg_admin_ports

import data.holdfast.lib.nsg
import data.holdfast.lib.ports

deny contains {"msg": msg, "path": nsg.port_path(entry)} if {
	some entry in nsg.public
	nsg.tcp(entry.rule)
	open := ports.named(nsg.ranges(entry.rule), ports.admin)
	count(open) > 0
	msg := sprintf("%s lets the Internet in on %s", [entry.label, _what(entry.rule, open)])
}

_what(rule, _) := "every port" if nsg.every_port(rule)

_what(rule, open) := sprintf("port %s", [concat(", ", open)]) if not nsg.every_port(rule)
