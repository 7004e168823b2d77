# METADATA
# title: Owners of whole subscriptions
# description: |
#   Owner and User Access Administrator of a subscription or management group
#   may give themselves and others every right below it. There should be few,
#   and they should be people who elevate in time. Azure documentation, "Best
#   practices for Azure RBAC".
# custom:
#   id: security/azure-role-owner
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Assign a narrower role, or the same role for a resource group.
#   scope: resource
#   kinds: [terraform/azurerm_role_assignment]
package holdfast.security.azure_role_owner

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "role_definition_name"]} if {
	role := input.resource.spec.role_definition_name
	role in {"Owner", "User Access Administrator", "Role Based Access Control Administrator"}
	_wide(input.resource.spec.scope)
	msg := sprintf("%s makes someone %s of a whole subscription or more", [attributes.title, role])
}

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
