# METADATA
# title: Web apps with remote debugging
# description: |
#   Remote debugging opens ports of an app for a debugger, which can read and
#   change all that the app holds. It is meant for minutes, not for a
#   configuration. Azure security baseline for App Service, PV-2.
# custom:
#   id: security/azure-web-remote-debugging
#   category: security
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set site_config.remote_debugging_enabled to false, or leave it out.
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
package holdfast.security.azure_web_remote_debugging

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s has remote debugging on", [attributes.title])
}

_on contains ["site_config", 0, "remote_debugging_enabled"] if {
	attributes.on(input.resource.spec.site_config[0].remote_debugging_enabled)
}

_on contains ["remote_debugging_enabled"] if attributes.on(input.resource.spec.remote_debugging_enabled)
