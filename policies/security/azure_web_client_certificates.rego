# METADATA
# title: Web apps that ask for no client certificate
# description: |
#   With mutual TLS only clients with a certificate reach an app. CIS Microsoft
#   Azure Foundations Benchmark 2.0.0, 9.4.
# custom:
#   id: security/azure-web-client-certificates
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/9.4]
#   remediation: >-
#     Set client_certificate_enabled (client_cert_enabled for azurerm_app_service) to true.
#   scope: resource
#   kinds:
#     - terraform/azurerm_app_service
#     - terraform/azurerm_function_app
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_windows_function_app
package holdfast.security.azure_web_client_certificates

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": _path} if {
	not _on
	msg := sprintf("%s asks clients for no certificate", [attributes.title])
}

_path := ["spec", "client_cert_enabled"] if attributes.off(input.resource.spec.client_cert_enabled)

else := attributes.place(
	["client_certificate_enabled"],
	[value | value := input.resource.spec.client_certificate_enabled],
)

_on if attributes.maybe_on(input.resource.spec.client_certificate_enabled)

_on if attributes.maybe_on(input.resource.spec.client_cert_enabled)
