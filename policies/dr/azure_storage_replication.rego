# METADATA
# title: Storage accounts in one region alone
# description: |
#   With LRS or ZRS all copies of the data are in one region, and are gone with
#   it. GRS and GZRS keep copies in a second one. Azure documentation, "Azure
#   Storage redundancy".
# custom:
#   id: dr/azure-storage-replication
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set account_replication_type to GRS, RAGRS, GZRS or RAGZRS, or copy the data to another region
#     otherwise.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account]
package holdfast.dr.azure_storage_replication

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "account_replication_type"]} if {
	type := input.resource.spec.account_replication_type
	attributes.word(type) in {"lrs", "zrs"}
	msg := sprintf("%s keeps its data in one region: its replication is %s", [attributes.title, type])
}
