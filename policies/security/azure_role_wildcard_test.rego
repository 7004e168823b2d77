package holdfast.security.azure_role_wildcard_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_role_wildcard

_found(kind, spec) := found if {
	found := azure_role_wildcard.deny with input as attributes_test.judged(kind, spec)
}

_role(actions, changes) := _found("azurerm_role_definition", object.union({"permissions": [{"actions": actions}]}, changes))

_fault(i) := {{
	"msg": "azurerm_role_definition.it allows every action in a whole subscription or more",
	"path": ["spec", "permissions", 0, "actions", i],
}}

test_every_action_is_found if {
	every scope in [
		"/",
		"/subscriptions/0",
		"/subscriptions/0/",
		"/providers/Microsoft.Management/managementGroups/x",
		"${data.azurerm_subscription.current.id}",
		"${azurerm_management_group.x.id}",
	] {
		_role(["*"], {"scope": scope}) == _fault(0)
		_role(["Microsoft.Compute/*/read", "*"], {"assignable_scopes": ["/subscriptions/0/resourceGroups/x", scope]}) == _fault(1)
	}
}

test_other_roles_pass if {
	_role(["*/read"], {"scope": "/"}) == set()
	_role(["*"], {"scope": "/subscriptions/0/resourceGroups/x"}) == set()
	_role(["*"], {"scope": "${azurerm_resource_group.x.id}"}) == set()
	_role(["*"], {"scope": "${azurerm_subscription.x.id}/resourceGroups/x"}) == set()
	_role(["*"], {"scope": null, "assignable_scopes": [1]}) == set()
	_role("*", {"scope": "/"}) == set()
}

good_example := `resource "azurerm_role_definition" "ops" {
  name  = "operator"
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"

  permissions {
    actions = ["Microsoft.Compute/virtualMachines/restart/action"]
  }
}
`

bad_example := `resource "azurerm_role_definition" "ops" {
  name  = "operator"
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"

  permissions {
    actions = ["*"]
  }
}
`
