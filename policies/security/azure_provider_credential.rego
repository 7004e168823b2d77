# METADATA
# title: Credentials of Azure in the provider block
# description: |
#   A client secret in the configuration of a provider is known to everyone who
#   may read the repository, with all that the principal may do. Provider
#   documentation, "Authenticating using a Service Principal with a Client
#   Secret"; CWE-798.
# custom:
#   id: security/azure-provider-credential
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Drop it, revoke it, and give it by ARM_CLIENT_SECRET or use OpenID Connect.
#   scope: resource
#   kinds: [terraform/provider]
package holdfast.security.azure_provider_credential

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	regex.match(`^(?:azurerm|azuread|azapi|azurestack)(?:\.|$)`, _name)
	some attribute, value in _secrets
	attributes.literal(value)
	msg := sprintf("provider %s has its %s in the configuration", [_name, attribute])
}

_name := input.resource.metadata.name if is_string(input.resource.metadata.name)

_secrets["client_secret"] := input.resource.spec.client_secret

_secrets["client_certificate_password"] := input.resource.spec.client_certificate_password
