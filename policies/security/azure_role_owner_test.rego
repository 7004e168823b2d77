package holdfast.security.azure_role_owner_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_role_owner

_found(kind, spec) := found if {
	found := azure_role_owner.warn with input as attributes_test.judged(kind, spec)
}

_assigned(role, scope) := _found("azurerm_role_assignment", {"role_definition_name": role, "scope": scope})

test_owners_are_found if {
	_assigned("Owner", "/subscriptions/0") == {{
		"msg": "azurerm_role_assignment.it makes someone Owner of a whole subscription or more",
		"path": ["spec", "role_definition_name"],
	}}
	every role in ["User Access Administrator", "Role Based Access Control Administrator"] {
		count(_assigned(role, "${data.azurerm_subscription.x.id}")) == 1
	}
	count(_assigned("Owner", "/")) == 1
	count(_assigned("Owner", "/providers/Microsoft.Management/managementGroups/x")) == 1
	count(_assigned("Owner", "${azurerm_management_group.x.id}")) == 1
}

test_narrower_assignments_pass if {
	_assigned("Reader", "/subscriptions/0") == set()
	_assigned("Owner", "/subscriptions/0/resourceGroups/x") == set()
	_assigned("Owner", "${azurerm_resource_group.x.id}") == set()
	_assigned("Owner", "${azurerm_subscription.x.id}/resourceGroups/x") == set()
	_assigned("Owner", null) == set()
	_assigned(null, "/") == set()
}

good_example := `resource "azurerm_role_assignment" "ops" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example"
  role_definition_name = "Owner"
  principal_id         = "00000000-0000-0000-0000-000000000000"
}
`

bad_example := `resource "azurerm_role_assignment" "ops" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000"
  role_definition_name = "Owner"
  principal_id         = "00000000-0000-0000-0000-000000000000"
}
`
