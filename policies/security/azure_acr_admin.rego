# METADATA
# title: Container registries with the admin account
# description: |
#   The admin account of a registry is one password for everyone, with the right
#   to push. Roles and tokens do the same by name. Azure documentation,
#   "Authenticate with an Azure container registry".
# custom:
#   id: security/azure-acr-admin
#   category: security
#   severity: medium
#   profile: starter
#   remediation: >-
#     Set admin_enabled to false, or leave it out, and assign the roles AcrPull and AcrPush.
#   scope: resource
#   kinds: [terraform/azurerm_container_registry]
package holdfast.security.azure_acr_admin

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s has its admin account enabled", [attributes.title])
}

_on contains ["admin_enabled"] if attributes.on(input.resource.spec.admin_enabled)
