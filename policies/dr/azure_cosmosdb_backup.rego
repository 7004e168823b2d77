# METADATA
# title: Cosmos DB accounts with little backup
# description: |
#   By default Cosmos DB keeps two backups, the oldest of eight hours: a fault
#   of the evening is beyond mending in the morning. Continuous backup goes back
#   to any second of 7 or 30 days. Azure documentation, "Online backup and on-
#   demand data restore in Azure Cosmos DB".
# custom:
#   id: dr/azure-cosmosdb-backup
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Give backup with type Continuous, or retention_in_hours of 168 or more.
#   scope: resource
#   kinds: [terraform/azurerm_cosmosdb_account]
package holdfast.dr.azure_cosmosdb_backup

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _continuous
	not _long
	msg := sprintf("%s keeps its backups for less than a week", [attributes.title])
	path := attributes.place(
		["backup", 0, "retention_in_hours"],
		[value | value := input.resource.spec.backup[0].retention_in_hours],
	)
}

warn contains {"msg": msg, "path": ["spec", "backup", i, "storage_redundancy"]} if {
	redundancy := input.resource.spec.backup[i].storage_redundancy
	redundancy in {"Local", "Zone"}
	msg := sprintf("%s keeps its backups in one region: their redundancy is %s", [attributes.title, redundancy])
}

_continuous if input.resource.spec.backup[0].type == "Continuous"

_continuous if attributes.later(input.resource.spec.backup[0].type)

# A text is greater than any number.
_long if input.resource.spec.backup[0].retention_in_hours >= 168
