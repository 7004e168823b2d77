# METADATA
# title: Storage accounts open to every network
# description: |
#   The firewall of an Azure storage account lets in every network unless its
#   default action is Deny or its public endpoint is off; what protects the data
#   is then a key alone. Rules in a resource of their own
#   (azurerm_storage_account_network_rules) count. CIS Microsoft Azure
#   Foundations Benchmark 2.0.0, 3.8.
# custom:
#   id: security/azure-storage-network
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-azure/3.8]
#   remediation: >-
#     Give network_rules with default_action Deny and the networks that need access, or set
#     public_network_access_enabled to false.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account, terraform/azurerm_storage_account_network_rules]
package holdfast.security.azure_storage_network

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "azurerm_storage_account"
	not _closed
	not _ruled_elsewhere
	msg := sprintf("%s lets in every network", [attributes.title])
	path := attributes.place(
		["network_rules", 0, "default_action"],
		[value | value := input.resource.spec.network_rules[0].default_action],
	)
}

deny contains {"msg": msg, "path": ["spec", "default_action"]} if {
	input.resource.kind == "azurerm_storage_account_network_rules"
	action := input.resource.spec.default_action
	not _denies(action)
	msg := sprintf("%s lets in every network", [attributes.title])
}

_closed if attributes.maybe_off(input.resource.spec.public_network_access_enabled)

_closed if _denies(input.resource.spec.network_rules[0].default_action)

_denies(action) if attributes.word(action) == "deny"

_denies(action) if attributes.later(action)

_ruled_elsewhere if {
	not input.resource.spec.network_rules[0].default_action
	some rules in data.holdfast.resources[input.target.name]["terraform/azurerm_storage_account_network_rules"][_]
	some attribute in ["storage_account_id", "storage_account_name"]
	terraform.refers_to(rules, attribute, attributes.self)
}
