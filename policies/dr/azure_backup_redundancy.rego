# METADATA
# title: Backup vaults in one region
# description: |
#   Backups that are kept in the region of what they back up are lost with it. A
#   Recovery Services vault is geo-redundant by default; a backup vault says
#   what it is. Azure documentation, "Azure Backup: storage redundancy".
# custom:
#   id: dr/azure-backup-redundancy
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set storage_mode_type (redundancy for a backup vault) to GeoRedundant before the first backup.
#   scope: resource
#   kinds:
#     - terraform/azurerm_recovery_services_vault
#     - terraform/azurerm_data_protection_backup_vault
package holdfast.dr.azure_backup_redundancy

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, mode in _modes
	mode in {"LocallyRedundant", "ZoneRedundant"}
	msg := sprintf("%s keeps its backups in one region: it is %s", [attributes.title, mode])
}

_modes["storage_mode_type"] := input.resource.spec.storage_mode_type

_modes["redundancy"] := input.resource.spec.redundancy
