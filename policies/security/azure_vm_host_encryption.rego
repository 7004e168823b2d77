# METADATA
# title: Machines of Azure without encryption at host
# description: |
#   With encryption at host the temporary disk and the caches of a machine are
#   encrypted too, and its data on the way to storage. Azure documentation,
#   "Overview of managed disk encryption options".
# custom:
#   id: security/azure-vm-host-encryption
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set encryption_at_host_enabled to true.
#   scope: resource
#   kinds:
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_windows_virtual_machine
#     - terraform/azurerm_linux_virtual_machine_scale_set
#     - terraform/azurerm_windows_virtual_machine_scale_set
package holdfast.security.azure_vm_host_encryption

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s is not encrypted at host", [attributes.title])
	path := attributes.place(
		["encryption_at_host_enabled"],
		[value | value := input.resource.spec.encryption_at_host_enabled],
	)
}

_on if attributes.maybe_on(input.resource.spec.encryption_at_host_enabled)
