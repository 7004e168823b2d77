package holdfast.dr.azure_vm_backup_test

import data.holdfast.dr.azure_vm_backup
import data.holdfast.lib.attributes_test

_machine := attributes_test.made("azurerm_linux_virtual_machine", {"name": "web"})

_backup(of) := attributes_test.points(attributes_test.made("azurerm_backup_protected_vm", {}), "source_vm_id", [of])

_with(others) := found if {
	found := azure_vm_backup.warn with input as attributes_test.of(_machine)
		with data.holdfast.resources as attributes_test.stored(others | {_machine})
}

test_no_backup_is_found if {
	_with(set()) == {{
		"msg": "azurerm_linux_virtual_machine.it is not backed up by Azure Backup",
		"path": ["spec"],
	}}
	count(_with({_backup("azurerm_linux_virtual_machine.other")})) == 1
}

test_a_backup_passes if {
	_with({_backup("azurerm_linux_virtual_machine.it")}) == set()
	_with({_backup("azurerm_linux_virtual_machine.it"), attributes_test.made("azurerm_subnet", {})}) == set()
}

good_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                = "web"
  resource_group_name = "example"
  location            = "westeurope"
  size                = "Standard_B2s"
  admin_username      = "azure"
}

resource "azurerm_backup_protected_vm" "web" {
  resource_group_name = "example"
  recovery_vault_name = "shop"
  source_vm_id        = azurerm_linux_virtual_machine.web.id
  backup_policy_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.RecoveryServices/vaults/shop/backupPolicies/daily"
}
`

bad_example := `resource "azurerm_linux_virtual_machine" "web" {
  name                = "web"
  resource_group_name = "example"
  location            = "westeurope"
  size                = "Standard_B2s"
  admin_username      = "azure"
}
`
