# METADATA
# title: Other ports of Azure open to the Internet
# description: |
#   What the Internet may reach should be a short and known list. A network
#   security group lets it in on other ports than those that the parameter
#   azure_public_ports names, or over UDP. Ports of administration and databases
#   have rules of their own. CIS Microsoft Azure Foundations Benchmark 2.0.0,
#   6.3 and 6.4.
# custom:
#   id: security/azure-nsg-internet
#   category: security
#   severity: medium
#   profile: strict
#   controls: [cis-azure/6.3, cis-azure/6.4]
#   remediation: >-
#     Name the networks that need the port in source_address_prefix, or add the port to the
#     parameter azure_public_ports.
#   scope: resource
#   kinds: [terraform/azurerm_network_security_group, terraform/azurerm_network_security_rule]
#   params:
#     azure_public_ports: ["443"]
package holdfast.security.azure_nsg_internet

import data.holdfast.lib.nsg
import data.holdfast.lib.ports

warn contains {"msg": msg, "path": nsg.port_path(entry)} if {
	some entry in nsg.public
	open := [sprintf("%v", [range]) | some range in nsg.ranges(entry.rule); not _expected(entry.rule, range)]
	count(open) > 0
	not _sensitive(entry.rule)
	msg := sprintf("%s lets the Internet in on port %s", [entry.label, concat(", ", open)])
}

_expected(rule, range) if {
	nsg.tcp(rule)
	sprintf("%v", [range]) in data.holdfast.params.azure_public_ports
}

_sensitive(rule) if {
	nsg.tcp(rule)
	count(ports.named(nsg.ranges(rule), object.union(ports.admin, ports.databases))) > 0
}
