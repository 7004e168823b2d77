# METADATA
# title: Linux machines of Azure that accept passwords
# description: |
#   A password for SSH can be guessed, and is guessed at without end wherever
#   the port can be reached; a key cannot. azurerm_linux_virtual_machine refuses
#   passwords by default. Azure security baseline for Linux Virtual Machines,
#   IM-6.
# custom:
#   id: security/azure-vm-password-login
#   category: security
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set disable_password_authentication to true and give admin_ssh_key.
#   scope: resource
#   kinds:
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_linux_virtual_machine_scale_set
#     - terraform/azurerm_virtual_machine
#     - terraform/azurerm_virtual_machine_scale_set
package holdfast.security.azure_vm_password_login

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s accepts passwords over SSH", [attributes.title])
}

_off contains ["disable_password_authentication"] if {
	attributes.off(input.resource.spec.disable_password_authentication)
}

_off contains ["os_profile_linux_config", 0, "disable_password_authentication"] if {
	attributes.off(input.resource.spec.os_profile_linux_config[0].disable_password_authentication)
}
