# METADATA
# title: Web apps that answer plain HTTP
# description: |
#   An app of App Service or Functions answers HTTP as well as HTTPS unless
#   https_only redirects it. CIS Microsoft Azure Foundations Benchmark 2.0.0,
#   9.2.
# custom:
#   id: security/azure-web-https
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/9.2]
#   remediation: >-
#     Set https_only to true.
#   scope: resource
#   kinds:
#     - terraform/azurerm_app_service
#     - terraform/azurerm_app_service_slot
#     - terraform/azurerm_function_app
#     - terraform/azurerm_function_app_slot
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_linux_web_app_slot
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_windows_web_app_slot
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_linux_function_app_slot
#     - terraform/azurerm_windows_function_app
#     - terraform/azurerm_windows_function_app_slot
package holdfast.security.azure_web_https

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _on
	msg := sprintf("%s answers plain HTTP", [attributes.title])
	path := attributes.place(["https_only"], [value | value := input.resource.spec.https_only])
}

_on if attributes.maybe_on(input.resource.spec.https_only)
