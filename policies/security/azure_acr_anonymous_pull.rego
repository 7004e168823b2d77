# METADATA
# title: Container registries that anyone may pull from
# description: |
#   With anonymous pull everyone may take every image of a registry, and what is
#   baked into them. Azure documentation, "Make your container registry content
#   publicly available".
# custom:
#   id: security/azure-acr-anonymous-pull
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set anonymous_pull_enabled to false, or leave it out.
#   scope: resource
#   kinds: [terraform/azurerm_container_registry]
package holdfast.security.azure_acr_anonymous_pull

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	not _basic
	msg := sprintf("%s lets anyone pull its images", [attributes.title])
}

_on contains ["anonymous_pull_enabled"] if attributes.on(input.resource.spec.anonymous_pull_enabled)

# The SKU Basic cannot have it.
_basic if input.resource.spec.sku == "Basic"
