# METADATA
# title: Machines of Azure with unmanaged disks
# description: |
#   An unmanaged disk is a blob in a storage account: it follows the keys and
#   the firewall of the account, and Azure has retired the kind. CIS Microsoft
#   Azure Foundations Benchmark 2.0.0, 7.2.
# custom:
#   id: security/azure-vm-unmanaged-disk
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/7.2]
#   remediation: >-
#     Use managed disks: drop vhd_uri and vhd_containers, and set managed_disk_type.
#   scope: resource
#   kinds: [terraform/azurerm_virtual_machine, terraform/azurerm_virtual_machine_scale_set]
package holdfast.security.azure_vm_unmanaged_disk

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	some path in _disks
	msg := sprintf("%s keeps a disk as a blob in a storage account", [attributes.title])
}

_disks contains ["spec", "storage_os_disk", i, "vhd_uri"] if {
	input.resource.spec.storage_os_disk[i].vhd_uri
}

_disks contains ["spec", "storage_data_disk", i, "vhd_uri"] if {
	input.resource.spec.storage_data_disk[i].vhd_uri
}

_disks contains ["spec", "storage_profile_os_disk", i, "vhd_containers"] if {
	input.resource.spec.storage_profile_os_disk[i].vhd_containers[_]
}
