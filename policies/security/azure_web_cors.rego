# METADATA
# title: Web apps that any site may script
# description: |
#   With the origin * in its CORS settings any site may read what an app answers
#   to its visitors. Azure security baseline for App Service, PV-2.
# custom:
#   id: security/azure-web-cors
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Name the sites that need access in site_config.cors.allowed_origins.
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
package holdfast.security.azure_web_cors

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "site_config", i, "cors", j, "allowed_origins", k]} if {
	input.resource.spec.site_config[i].cors[j].allowed_origins[k] == "*"
	msg := sprintf("%s lets every origin read its answers", [attributes.title])
}
