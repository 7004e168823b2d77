# METADATA
# title: SQL servers without auditing
# description: |
#   Auditing records who did what in the databases of a server; it is off unless
#   an auditing policy says where the records go. CIS Microsoft Azure
#   Foundations Benchmark 2.0.0, 4.1.1.
# custom:
#   id: security/azure-mssql-auditing
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/4.1.1]
#   remediation: >-
#     Add an azurerm_mssql_server_extended_auditing_policy for the server.
#   scope: resource
#   kinds: [terraform/azurerm_mssql_server]
package holdfast.security.azure_mssql_auditing

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

warn contains {"msg": msg, "path": ["spec"]} if {
	not _audited
	msg := sprintf("%s has no auditing policy", [attributes.title])
}

_audited if input.resource.spec.extended_auditing_policy[0]

_audited if {
	some policy in data.holdfast.resources[input.target.name]["terraform/azurerm_mssql_server_extended_auditing_policy"][_]
	not attributes.off(object.get(policy, ["spec", "enabled"], null))
	terraform.refers_to(policy, "server_id", attributes.self)
}
