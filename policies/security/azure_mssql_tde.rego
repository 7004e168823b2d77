# METADATA
# title: SQL databases without encryption at rest
# description: |
#   Transparent data encryption is what encrypts the files, logs and backups of
#   an Azure SQL database. It is on by default. CIS Microsoft Azure Foundations
#   Benchmark 2.0.0, 4.1.5.
# custom:
#   id: security/azure-mssql-tde
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-azure/4.1.5]
#   remediation: >-
#     Set transparent_data_encryption_enabled to true, or leave it out.
#   scope: resource
#   kinds: [terraform/azurerm_mssql_database]
package holdfast.security.azure_mssql_tde

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s is not encrypted at rest", [attributes.title])
}

_off contains ["transparent_data_encryption_enabled"] if {
	attributes.off(input.resource.spec.transparent_data_encryption_enabled)
}
