# METADATA
# title: Machines of Azure without backup
# description: |
#   A machine that no azurerm_backup_protected_vm names is not backed up by
#   Azure Backup. What is kept on it may be backed up otherwise, or need no
#   backup. Azure security benchmark, BR-1.
# custom:
#   id: dr/azure-vm-backup
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add an azurerm_backup_protected_vm whose source_vm_id is the machine.
#   scope: resource
#   kinds:
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_windows_virtual_machine
#     - terraform/azurerm_virtual_machine
package holdfast.dr.azure_vm_backup

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

warn contains {"msg": msg, "path": ["spec"]} if {
	not _protected
	msg := sprintf("%s is not backed up by Azure Backup", [attributes.title])
}

_protected if {
	some backup in data.holdfast.resources[input.target.name]["terraform/azurerm_backup_protected_vm"][_]
	terraform.refers_to(backup, "source_vm_id", attributes.self)
}
