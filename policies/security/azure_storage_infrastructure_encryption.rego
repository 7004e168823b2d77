# METADATA
# title: Storage accounts that are encrypted once
# description: |
#   With infrastructure encryption Azure encrypts a storage account twice, with
#   two algorithms and two keys. It can be had only when the account is created.
#   CIS Microsoft Azure Foundations Benchmark 2.0.0, 3.2.
# custom:
#   id: security/azure-storage-infrastructure-encryption
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/3.2]
#   remediation: >-
#     Set infrastructure_encryption_enabled to true; the account is then created anew.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account]
package holdfast.security.azure_storage_infrastructure_encryption

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s is without infrastructure encryption", [attributes.title])
	path := attributes.place(
		["infrastructure_encryption_enabled"],
		[value | value := input.resource.spec.infrastructure_encryption_enabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.infrastructure_encryption_enabled)
