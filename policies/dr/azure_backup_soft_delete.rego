# METADATA
# title: Backup vaults without soft delete
# description: |
#   Whoever may delete the backups of a vault without soft delete, an attacker
#   before the ransom is asked among them, deletes them for good. It is on by
#   default. Azure documentation, "Soft delete for Azure Backup".
# custom:
#   id: dr/azure-backup-soft-delete
#   category: dr
#   severity: high
#   profile: starter
#   remediation: >-
#     Set soft_delete_enabled to true (soft_delete to On for a backup vault), or leave it out.
#   scope: resource
#   kinds:
#     - terraform/azurerm_recovery_services_vault
#     - terraform/azurerm_data_protection_backup_vault
package holdfast.dr.azure_backup_soft_delete

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute in _off
	msg := sprintf("backups in %s can be deleted for good", [attributes.title])
}

_off contains "soft_delete_enabled" if attributes.off(input.resource.spec.soft_delete_enabled)

_off contains "soft_delete" if attributes.word(input.resource.spec.soft_delete) == "off"
