# METADATA
# title: Services of Azure that accept shared keys
# description: |
#   A shared key is one secret for everyone with every right, and no log says
#   who used it. With Microsoft Entra ID alone each caller has a name and a
#   role. Keys are accepted by default. Azure documentation, "Prevent Shared Key
#   authorization for an Azure Storage account" and its like; Azure security
#   benchmark, IM-1.
# custom:
#   id: security/azure-shared-keys
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set the attribute that the finding names to false, and assign roles to those who used the key.
#   scope: resource
#   kinds:
#     - terraform/azurerm_storage_account
#     - terraform/azurerm_servicebus_namespace
#     - terraform/azurerm_eventhub_namespace
#     - terraform/azurerm_eventgrid_topic
#     - terraform/azurerm_eventgrid_domain
#     - terraform/azurerm_cognitive_account
#     - terraform/azurerm_search_service
#     - terraform/azurerm_app_configuration
#     - terraform/azurerm_cosmosdb_account
#     - terraform/azurerm_automation_account
package holdfast.security.azure_shared_keys

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _off
	msg := sprintf("%s accepts shared keys: %s is not false", [attributes.title, _attribute])
	path := attributes.place([_attribute], [value | value := _set[_attribute]])
}

_attribute := object.get(
	{
		"azurerm_storage_account": "shared_access_key_enabled",
		"azurerm_servicebus_namespace": "local_auth_enabled",
		"azurerm_eventgrid_topic": "local_auth_enabled",
		"azurerm_eventgrid_domain": "local_auth_enabled",
		"azurerm_cognitive_account": "local_auth_enabled",
		"azurerm_app_configuration": "local_auth_enabled",
	},
	input.resource.kind,
	"local_authentication_enabled",
)

_off if attributes.maybe_off(_set[_])

_off if attributes.maybe_on(input.resource.spec.local_authentication_disabled)

_set["shared_access_key_enabled"] := input.resource.spec.shared_access_key_enabled

_set["local_auth_enabled"] := input.resource.spec.local_auth_enabled

_set["local_authentication_enabled"] := input.resource.spec.local_authentication_enabled
