# METADATA
# title: Credentials in the custom data of Azure machines
# description: |
#   Custom data is kept unencrypted on the machine, and its text is in the
#   configuration and in the state of Terraform. Azure documentation, "Custom
#   data and cloud-init on Azure Virtual Machines".
# custom:
#   id: security/azure-vm-custom-data-secret
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Let the machine fetch the credential from Key Vault by its managed identity.
#   scope: resource
#   kinds:
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_windows_virtual_machine
#     - terraform/azurerm_virtual_machine
#     - terraform/azurerm_linux_virtual_machine_scale_set
#     - terraform/azurerm_windows_virtual_machine_scale_set
#     - terraform/azurerm_virtual_machine_scale_set
#     - terraform/azurerm_orchestrated_virtual_machine_scale_set
package holdfast.security.azure_vm_custom_data_secret

import data.holdfast.lib.attributes
import data.holdfast.lib.boot

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, script] in _scripts
	is_string(script)
	some what in boot.secrets(script)
	msg := sprintf("the %s of %s has %s in it", [path[count(path) - 1], attributes.title, what])
}

_scripts contains [["custom_data"], input.resource.spec.custom_data]

_scripts contains [["user_data"], input.resource.spec.user_data]

_scripts contains [["os_profile", i, "custom_data"], script] if {
	script := input.resource.spec.os_profile[i].custom_data
}
