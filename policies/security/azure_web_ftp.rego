# METADATA
# title: Web apps that take files over plain FTP
# description: |
#   FTP sends the credentials for deployment in the clear. The provider switches
#   it off by default, but for the older azurerm_app_service and
#   azurerm_function_app, where everything is allowed. CIS Microsoft Azure
#   Foundations Benchmark 2.0.0, 9.10.
# custom:
#   id: security/azure-web-ftp
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/9.10]
#   remediation: >-
#     Set site_config.ftps_state to Disabled or FtpsOnly.
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
package holdfast.security.azure_web_ftp

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	_plain
	msg := sprintf("%s takes files over plain FTP", [attributes.title])
	path := attributes.place(
		["site_config", 0, "ftps_state"],
		[value | value := input.resource.spec.site_config[0].ftps_state],
	)
}

_plain if attributes.word(input.resource.spec.site_config[0].ftps_state) == "allallowed"

_plain if {
	input.resource.kind in {"azurerm_app_service", "azurerm_app_service_slot", "azurerm_function_app", "azurerm_function_app_slot"}
	not input.resource.spec.site_config[0].ftps_state
}
