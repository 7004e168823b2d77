# METADATA
# title: Web apps without App Service authentication
# description: |
#   App Service can turn away requests without a sign-in before they reach the
#   app. CIS Microsoft Azure Foundations Benchmark 2.0.0, 9.1.
# custom:
#   id: security/azure-web-auth
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/9.1]
#   remediation: >-
#     Enable auth_settings_v2 (or auth_settings) with an identity provider.
#   scope: resource
#   kinds:
#     - terraform/azurerm_app_service
#     - terraform/azurerm_function_app
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_windows_function_app
package holdfast.security.azure_web_auth

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": _path} if {
	not _on
	msg := sprintf("%s lets in requests without a sign-in", [attributes.title])
}

_path := ["spec", "auth_settings", 0, "enabled"] if attributes.off(input.resource.spec.auth_settings[0].enabled)

else := attributes.place(
	["auth_settings_v2", 0, "auth_enabled"],
	[value | value := input.resource.spec.auth_settings_v2[0].auth_enabled],
)

_on if attributes.maybe_on(input.resource.spec.auth_settings_v2[0].auth_enabled)

_on if attributes.maybe_on(input.resource.spec.auth_settings[0].enabled)
