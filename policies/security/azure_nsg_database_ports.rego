# METADATA
# title: Database ports of Azure open to the Internet
# description: |
#   A network security group that lets the whole Internet in on the port of a
#   database, cache or search engine leaves its data behind a password at most.
#   Rules for every port are those of security/azure-nsg-admin-ports. CIS
#   Controls 8, 4.4.
# custom:
#   id: security/azure-nsg-database-ports
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Name the networks of the applications in source_address_prefix.
#   scope: resource
#   kinds: [terraform/azurerm_network_security_group, terraform/azurerm_network_security_rule]
package holdfast.security.azure_nsg_database_ports

import data.holdfast.lib.nsg
import data.holdfast.lib.ports

deny contains {"msg": msg, "path": nsg.port_path(entry)} if {
	some entry in nsg.public
	nsg.tcp(entry.rule)
	not nsg.every_port(entry.rule)
	open := ports.named(nsg.ranges(entry.rule), ports.databases)
	count(open) > 0
	msg := sprintf("%s lets the Internet in on port %s", [entry.label, concat(", ", open)])
}
