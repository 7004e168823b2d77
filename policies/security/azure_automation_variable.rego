# METADATA
# title: Automation variables that are not encrypted
# description: |
#   A variable of an Automation account that is not encrypted can be read by
#   everyone who may read the account. Whether it is encrypted cannot be changed
#   later. Azure documentation, "Manage variables in Azure Automation".
# custom:
#   id: security/azure-automation-variable
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set encrypted to true; the variable is then created anew.
#   scope: resource
#   kinds:
#     - terraform/azurerm_automation_variable_string
#     - terraform/azurerm_automation_variable_int
#     - terraform/azurerm_automation_variable_bool
#     - terraform/azurerm_automation_variable_datetime
#     - terraform/azurerm_automation_variable_object
package holdfast.security.azure_automation_variable

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s is not encrypted", [attributes.title])
	path := attributes.place(["encrypted"], [value | value := input.resource.spec.encrypted])
}

_on if attributes.maybe_on(input.resource.spec.encrypted)
