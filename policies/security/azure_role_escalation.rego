# METADATA
# title: Custom roles of Azure that may give roles
# description: |
#   Whoever may write role assignments or role definitions can give themselves
#   every other right in their scope. Azure documentation, "Azure custom roles"
#   and "Best practices for Azure RBAC".
# custom:
#   id: security/azure-role-escalation
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Take the action out of the role, or restrict who may be given what by a condition on the
#     assignment of a built-in role.
#   scope: resource
#   kinds: [terraform/azurerm_role_definition]
package holdfast.security.azure_role_escalation

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "permissions", i, "actions", j]} if {
	action := input.resource.spec.permissions[i].actions[j]
	attributes.word(action) in {
		"microsoft.authorization/*",
		"microsoft.authorization/*/write",
		"microsoft.authorization/roleassignments/*",
		"microsoft.authorization/roleassignments/write",
		"microsoft.authorization/roledefinitions/*",
		"microsoft.authorization/roledefinitions/write",
	}
	msg := sprintf("%s lets its holders give themselves other roles: %s", [attributes.title, action])
}
