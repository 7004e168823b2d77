# METADATA
# title: Passwords in the configuration of Azure resources
# description: |
#   A password that stands in the configuration is known to everyone who may
#   read the repository, and stays in its history. A variable's default and a
#   tfvars file count as the configuration. CWE-798.
# custom:
#   id: security/azure-literal-password
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Give the password by a sensitive variable without a default, by random_password or from Key
#     Vault, and change it.
#   scope: resource
#   kinds:
#     - terraform/azurerm_mssql_server
#     - terraform/azurerm_sql_server
#     - terraform/azurerm_mssql_managed_instance
#     - terraform/azurerm_postgresql_server
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_mysql_server
#     - terraform/azurerm_mysql_flexible_server
#     - terraform/azurerm_mariadb_server
#     - terraform/azurerm_synapse_workspace
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_windows_virtual_machine
#     - terraform/azurerm_linux_virtual_machine_scale_set
#     - terraform/azurerm_windows_virtual_machine_scale_set
#     - terraform/azurerm_virtual_machine
#     - terraform/azurerm_virtual_machine_scale_set
#     - terraform/azurerm_key_vault_secret
#     - terraform/azurerm_cosmosdb_postgresql_cluster
#     - terraform/azurerm_mongo_cluster
package holdfast.security.azure_literal_password

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, value] in _passwords
	attributes.literal(value)
	msg := sprintf("%s has its %s in the configuration", [attributes.title, path[count(path) - 1]])
}

_passwords contains [["administrator_login_password"], input.resource.spec.administrator_login_password]

_passwords contains [["administrator_password"], input.resource.spec.administrator_password]

_passwords contains [["admin_password"], input.resource.spec.admin_password]

_passwords contains [["sql_administrator_login_password"], input.resource.spec.sql_administrator_login_password]

_passwords contains [["value"], input.resource.spec.value] if input.resource.kind == "azurerm_key_vault_secret"

_passwords contains [["os_profile", i, "admin_password"], value] if {
	value := input.resource.spec.os_profile[i].admin_password
}
