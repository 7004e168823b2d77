# METADATA
# title: Custom roles of Azure that may do everything
# description: |
#   A custom role with the action * for a subscription or more is another Owner,
#   under a name that no review looks for. CIS Microsoft Azure Foundations
#   Benchmark 2.0.0, 1.23.
# custom:
#   id: security/azure-role-wildcard
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-azure/1.23]
#   remediation: >-
#     Name the actions that the role needs.
#   scope: resource
#   kinds: [terraform/azurerm_role_definition]
package holdfast.security.azure_role_wildcard

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "permissions", i, "actions", j]} if {
	input.resource.spec.permissions[i].actions[j] == "*"
	some scope in _scopes
	_wide(scope)
	msg := sprintf("%s allows every action in a whole subscription or more", [attributes.title])
}

_scopes contains input.resource.spec.scope

_scopes contains input.resource.spec.assignable_scopes[_]

_wide("/")

_wide(scope) if {
	is_string(scope)
	regex.match(`^/(?:subscriptions|providers/Microsoft\.Management/managementGroups)/[^/]+/?$`, scope)
}

# ${data.azurerm_subscription.current.id} and its like.
_wide(scope) if {
	attributes.later(scope)
	regex.match(`^\$\{[^}]*azurerm_(?:subscription|management_group)\.[^}]*\}$`, scope)
}
