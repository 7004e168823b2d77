# METADATA
# title: Flexible servers that accept unencrypted connections
# description: |
#   The server parameter require_secure_transport keeps clients without TLS out
#   of a flexible server of MySQL or PostgreSQL. It is on by default. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 4.4.1.
# custom:
#   id: security/azure-secure-transport
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-azure/4.4.1]
#   remediation: >-
#     Set require_secure_transport to ON, or drop the parameter.
#   scope: resource
#   kinds:
#     - terraform/azurerm_mysql_flexible_server_configuration
#     - terraform/azurerm_postgresql_flexible_server_configuration
package holdfast.security.azure_secure_transport

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "value"]} if {
	input.resource.spec.name == "require_secure_transport"
	attributes.word(input.resource.spec.value) == "off"
	msg := sprintf("%s lets a server accept unencrypted connections", [attributes.title])
}
