package holdfast.security.azure_role_escalation_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_role_escalation

_found(kind, spec) := found if {
	found := azure_role_escalation.warn with input as attributes_test.judged(kind, spec)
}

_role(actions) := _found("azurerm_role_definition", {"permissions": [{"actions": actions}]})

test_role_writers_are_found if {
	_role(["Microsoft.Compute/*", "Microsoft.Authorization/*"]) == {{
		"msg": "azurerm_role_definition.it lets its holders give themselves other roles: Microsoft.Authorization/*",
		"path": ["spec", "permissions", 0, "actions", 1],
	}}
	every action in [
		"Microsoft.Authorization/*/write",
		"Microsoft.Authorization/roleAssignments/*",
		"Microsoft.Authorization/roleAssignments/write",
		"Microsoft.Authorization/roleDefinitions/*",
		"Microsoft.Authorization/roleDefinitions/write",
	] {
		count(_role([action])) == 1
	}
}

test_other_actions_pass if {
	_role(["Microsoft.Authorization/*/read", "Microsoft.Compute/*", "*", 1]) == set()
	_role("Microsoft.Authorization/*") == set()
	_found("azurerm_role_definition", {}) == set()
}

good_example := `resource "azurerm_role_definition" "ops" {
  name  = "operator"
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"

  permissions {
    actions = ["Microsoft.Authorization/*/read"]
  }
}
`

bad_example := `resource "azurerm_role_definition" "ops" {
  name  = "operator"
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"

  permissions {
    actions = ["Microsoft.Authorization/roleAssignments/write"]
  }
}
`
