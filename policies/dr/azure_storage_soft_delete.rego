# METADATA
# title: Storage accounts whose blobs are gone when deleted
# description: |
#   Without soft delete a blob that is deleted or overwritten, by mistake or by
#   an attacker, is gone at once. Accounts for files alone have no blobs. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 3.11; Azure documentation,
#   "Soft delete for blobs". What is kept for less than the days of the
#   parameter azure_soft_delete_days counts as gone.
# custom:
#   id: dr/azure-storage-soft-delete
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/3.11]
#   remediation: >-
#     Give blob_properties.delete_retention_policy with enough days.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account]
#   params:
#     azure_soft_delete_days: 7
package holdfast.dr.azure_storage_soft_delete

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _kept
	not input.resource.spec.account_kind == "FileStorage"
	msg := sprintf("%s keeps no deleted blobs", [attributes.title])
	path := attributes.place(
		["blob_properties", 0, "delete_retention_policy"],
		[value | value := input.resource.spec.blob_properties[0].delete_retention_policy],
	)
}

warn contains {"msg": msg, "path": ["spec", "blob_properties", i, "delete_retention_policy", j, "days"]} if {
	days := input.resource.spec.blob_properties[i].delete_retention_policy[j].days
	is_number(days)
	days < data.holdfast.params.azure_soft_delete_days
	msg := sprintf("%s keeps deleted blobs for %d days, less than %d", [
		attributes.title,
		days,
		data.holdfast.params.azure_soft_delete_days,
	])
}

_kept if input.resource.spec.blob_properties[0].delete_retention_policy[0]
