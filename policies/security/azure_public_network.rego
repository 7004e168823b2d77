# METADATA
# title: Services of Azure with a public endpoint
# description: |
#   A service with a public endpoint is protected by its credentials and its
#   firewall alone. A private endpoint keeps it in the network. The endpoint is
#   public by default. Databases have a rule of their own. Azure security
#   benchmark, NS-2.
# custom:
#   id: security/azure-public-network
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set public_network_access_enabled to false (public_network_enabled for Data Factory) and add a
#     private endpoint.
#   scope: resource
#   kinds:
#     - terraform/azurerm_storage_account
#     - terraform/azurerm_key_vault
#     - terraform/azurerm_container_registry
#     - terraform/azurerm_data_factory
#     - terraform/azurerm_synapse_workspace
#     - terraform/azurerm_databricks_workspace
#     - terraform/azurerm_cognitive_account
#     - terraform/azurerm_search_service
#     - terraform/azurerm_app_configuration
#     - terraform/azurerm_eventgrid_topic
#     - terraform/azurerm_eventgrid_domain
#     - terraform/azurerm_servicebus_namespace
#     - terraform/azurerm_eventhub_namespace
#     - terraform/azurerm_iothub
#     - terraform/azurerm_machine_learning_workspace
#     - terraform/azurerm_batch_account
#     - terraform/azurerm_automation_account
#     - terraform/azurerm_signalr_service
#     - terraform/azurerm_kusto_cluster
#     - terraform/azurerm_api_management
#     - terraform/azurerm_recovery_services_vault
#     - terraform/azurerm_managed_disk
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_linux_web_app_slot
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_windows_web_app_slot
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_linux_function_app_slot
#     - terraform/azurerm_windows_function_app
#     - terraform/azurerm_windows_function_app_slot
package holdfast.security.azure_public_network

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": path} if {
	not _private
	msg := sprintf("%s has a public endpoint", [attributes.title])
	path := attributes.place(
		["public_network_access_enabled"],
		[value | value := input.resource.spec.public_network_access_enabled],
	)
}

_private if attributes.maybe_off(input.resource.spec.public_network_access_enabled)

# Data Factory's and App Configuration's names for it.
_private if attributes.maybe_off(input.resource.spec.public_network_enabled)

_private if input.resource.spec.public_network_access == "Disabled"

# A disk that lets nobody export it has no endpoint.
_private if input.resource.spec.network_access_policy == "DenyAll"
