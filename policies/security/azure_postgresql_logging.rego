# METADATA
# title: PostgreSQL servers of Azure that log too little
# description: |
#   Without log_checkpoints, log_connections and connection throttling a server
#   cannot tell who tried to get in, and lets them try without end. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 4.3.2 to 4.3.5.
# custom:
#   id: security/azure-postgresql-logging
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-azure/4.3.2, cis-azure/4.3.3, cis-azure/4.3.4, cis-azure/4.3.5]
#   remediation: >-
#     Set the server parameter to ON.
#   scope: resource
#   kinds:
#     - terraform/azurerm_postgresql_configuration
#     - terraform/azurerm_postgresql_flexible_server_configuration
package holdfast.security.azure_postgresql_logging

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "value"]} if {
	attributes.word(input.resource.spec.value) == "off"
	name := attributes.word(input.resource.spec.name)
	name in {
		"log_checkpoints", "log_connections", "log_disconnections", "connection_throttling",
		"connection_throttle.enable",
	}
	msg := sprintf("%s switches %s off", [attributes.title, name])
}
