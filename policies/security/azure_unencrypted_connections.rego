# METADATA
# title: Databases of Azure that accept unencrypted connections
# description: |
#   Without TLS the passwords and the data of a database or cache can be read on
#   the way. The single servers of MySQL, PostgreSQL and MariaDB enforce it by
#   ssl_enforcement_enabled, and Redis has a second port without it. The
#   flexible servers have security/azure-secure-transport. CIS Microsoft Azure
#   Foundations Benchmark 2.0.0, 4.3.1.
# custom:
#   id: security/azure-unencrypted-connections
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-azure/4.3.1]
#   remediation: >-
#     Set ssl_enforcement_enabled to true, and non_ssl_port_enabled (enable_non_ssl_port before
#     azurerm 4) to false.
#   scope: resource
#   kinds:
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_redis_cache
package holdfast.security.azure_unencrypted_connections

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _on
	msg := sprintf("%s accepts unencrypted connections", [attributes.title])
}

_on contains ["non_ssl_port_enabled"] if attributes.on(input.resource.spec.non_ssl_port_enabled)

_on contains ["enable_non_ssl_port"] if attributes.on(input.resource.spec.enable_non_ssl_port)

_on contains ["ssl_enforcement_enabled"] if attributes.off(input.resource.spec.ssl_enforcement_enabled)

_on contains ["ssl_enforcement"] if input.resource.spec.ssl_enforcement == "Disabled"
