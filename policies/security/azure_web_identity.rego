# METADATA
# title: Web apps without a managed identity
# description: |
#   With a managed identity an app needs no secret to reach other services of
#   Azure. CIS Microsoft Azure Foundations Benchmark 2.0.0, 9.5.
# custom:
#   id: security/azure-web-identity
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/9.5]
#   remediation: >-
#     Add an identity block with type SystemAssigned or UserAssigned.
#   scope: resource
#   kinds:
#     - terraform/azurerm_app_service
#     - terraform/azurerm_function_app
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_windows_function_app
package holdfast.security.azure_web_identity

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.identity[0].type
	msg := sprintf("%s has no managed identity", [attributes.title])
}
