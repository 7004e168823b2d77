# METADATA
# title: SQL servers without an Entra administrator
# description: |
#   Without an administrator of Microsoft Entra ID everyone signs in to a server
#   with passwords of its own. CIS Microsoft Azure Foundations Benchmark 2.0.0,
#   4.1.4.
# custom:
#   id: security/azure-mssql-entra-admin
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/4.1.4]
#   remediation: >-
#     Add an azuread_administrator block.
#   scope: resource
#   kinds: [terraform/azurerm_mssql_server]
package holdfast.security.azure_mssql_entra_admin

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.azuread_administrator[0]
	msg := sprintf("%s has no administrator of Microsoft Entra ID", [attributes.title])
}
