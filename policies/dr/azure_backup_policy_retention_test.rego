package holdfast.dr.azure_backup_policy_retention_test

import data.holdfast.dr.azure_backup_policy_retention
import data.holdfast.lib.attributes_test

_warn(retention) := found if {
	found := azure_backup_policy_retention.warn
		with input as attributes_test.judged("azurerm_backup_policy_vm", {"retention_daily": retention})
		with data.holdfast.params.azure_daily_backups as 7
}

test_few_backups_are_found if {
	_warn([{"count": 6}]) == {{
		"msg": "azurerm_backup_policy_vm.it keeps 6 daily backups, less than 7",
		"path": ["spec", "retention_daily", 0, "count"],
	}}
	count(_warn([{"count": 1}])) == 1
}

test_enough_backups_pass if {
	every retention in [[{"count": 7}], [{"count": "${var.x}"}], [{"count": null}], [{}], null] {
		_warn(retention) == set()
	}
}

good_example := `resource "azurerm_backup_policy_vm" "daily" {
  name                = "daily"
  resource_group_name = "example"
  recovery_vault_name = "shop"

  retention_daily {
    count = 14
  }
}
`

bad_example := `resource "azurerm_backup_policy_vm" "daily" {
  name                = "daily"
  resource_group_name = "example"
  recovery_vault_name = "shop"

  retention_daily {
    count = 1
  }
}
`
