# METADATA
# title: Azure services that accept TLS before 1.2
# description: |
#   TLS 1.0 and 1.1 are deprecated (RFC 8996) and Azure recommends 1.2 or later
#   for every service. The provider's default is 1.2 except for
#   azurerm_redis_cache, which accepts 1.0 up to azurerm 4 if nothing is said.
#   Azure documentation, "Enforce a minimum required version of TLS"; CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 3.15 and 9.3.
# custom:
#   id: security/azure-tls-floor
#   category: security
#   severity: medium
#   profile: starter
#   controls: [cis-azure/3.15, cis-azure/9.3]
#   remediation: >-
#     Set the minimum version of TLS to 1.2 or 1.3 in the attribute that the finding names.
#   scope: resource
#   kinds:
#     - terraform/azurerm_storage_account
#     - terraform/azurerm_mssql_server
#     - terraform/azurerm_mssql_managed_instance
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_redis_cache
#     - terraform/azurerm_cosmosdb_account
#     - terraform/azurerm_eventhub_namespace
#     - terraform/azurerm_servicebus_namespace
#     - terraform/azurerm_iothub
#     - terraform/azurerm_app_service
#     - terraform/azurerm_app_service_slot
#     - terraform/azurerm_function_app
#     - terraform/azurerm_function_app_slot
#     - terraform/azurerm_linux_web_app
#     - terraform/azurerm_linux_web_app_slot
#     - terraform/azurerm_windows_web_app
#     - terraform/azurerm_windows_web_app_slot
#     - terraform/azurerm_linux_function_app
#     - terraform/azurerm_linux_function_app_slot
#     - terraform/azurerm_windows_function_app
#     - terraform/azurerm_windows_function_app_slot
#     - terraform/azurerm_application_gateway
#     - terraform/azurerm_cdn_frontdoor_custom_domain
#     - terraform/azurerm_cdn_endpoint_custom_domain
package holdfast.security.azure_tls_floor

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, value] in _floors
	_old(value)
	msg := sprintf("%s accepts connections with an old version of TLS: %s is %q", [
		attributes.title,
		path[count(path) - 1],
		sprintf("%v", [value]),
	])
}

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "azurerm_redis_cache"
	not input.resource.spec.minimum_tls_version
	msg := sprintf("%s accepts connections with TLS 1.0, as minimum_tls_version is not set", [attributes.title])
}

_floors contains [["min_tls_version"], value] if value := input.resource.spec.min_tls_version

_floors contains [["minimum_tls_version"], value] if value := input.resource.spec.minimum_tls_version

_floors contains [["minimal_tls_version"], value] if value := input.resource.spec.minimal_tls_version

_floors contains [["ssl_minimal_tls_version_enforced"], value] if {
	value := input.resource.spec.ssl_minimal_tls_version_enforced
}

_floors contains [["site_config", i, "min_tls_version"], value] if {
	value := input.resource.spec.site_config[i].min_tls_version
}

_floors contains [["site_config", i, "minimum_tls_version"], value] if {
	value := input.resource.spec.site_config[i].minimum_tls_version
}

_floors contains [["site_config", i, "scm_minimum_tls_version"], value] if {
	value := input.resource.spec.site_config[i].scm_minimum_tls_version
}

_floors contains [["site_config", i, "scm_min_tls_version"], value] if {
	value := input.resource.spec.site_config[i].scm_min_tls_version
}

_floors contains [["tls", i, "minimum_tls_version"], value] if {
	value := input.resource.spec.tls[i].minimum_tls_version
}

_floors contains [["tls", i, "minimum_version"], value] if {
	value := input.resource.spec.tls[i].minimum_version
}

_floors contains [["cdn_managed_https", i, "tls_version"], value] if {
	value := input.resource.spec.cdn_managed_https[i].tls_version
}

_floors contains [["user_managed_https", i, "tls_version"], value] if {
	value := input.resource.spec.user_managed_https[i].tls_version
}

_floors contains [["ssl_policy", i, "min_protocol_version"], value] if {
	value := input.resource.spec.ssl_policy[i].min_protocol_version
}

_floors contains [["ssl_policy", i, "policy_name"], value] if {
	value := input.resource.spec.ssl_policy[i].policy_name
}

# The versions as the services spell them, and the predefined policies of
# Application Gateway that accept TLS 1.0 and 1.1.
_old(value) if {
	lower(sprintf("%v", [value])) in {
		"1.0", "1", "1.1", "tls10", "tls11", "tls1_0", "tls1_1", "tls", "tlsv1_0", "tlsv1_1", "none", "disabled",
		"tlsenforcementdisabled", "appgwsslpolicy20150501", "appgwsslpolicy20170401",
	}
}
