# METADATA
# title: Storage accounts whose containers may be made public
# description: |
#   As long as an Azure storage account allows nested items to be public, each
#   of its containers is one setting away from being readable by anyone. The
#   provider allows it by default up to azurerm 4. CIS Microsoft Azure
#   Foundations Benchmark 2.1.0, 3.17.
# custom:
#   id: security/azure-storage-public-items
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set allow_nested_items_to_be_public to false.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account]
package holdfast.security.azure_storage_public_items

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _private
	msg := sprintf("%s lets its containers be made public", [attributes.title])
	path := attributes.place(
		["allow_nested_items_to_be_public"],
		[value | value := input.resource.spec.allow_nested_items_to_be_public],
	)
}

_private if attributes.maybe_off(input.resource.spec.allow_nested_items_to_be_public)

_private if attributes.maybe_off(input.resource.spec.allow_blob_public_access)
