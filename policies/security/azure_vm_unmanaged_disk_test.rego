package holdfast.security.azure_vm_unmanaged_disk_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_vm_unmanaged_disk

_found(kind, spec) := found if {
	found := azure_vm_unmanaged_disk.deny with input as attributes_test.judged(kind, spec)
}

test_blobs_are_found if {
	_found("azurerm_virtual_machine", {"storage_os_disk": [{"vhd_uri": "https://x/y.vhd"}]}) == {{
		"msg": "azurerm_virtual_machine.it keeps a disk as a blob in a storage account",
		"path": ["spec", "storage_os_disk", 0, "vhd_uri"],
	}}
	{f.path | some f in _found("azurerm_virtual_machine", {"storage_data_disk": [{}, {"vhd_uri": "${a.b}/y.vhd"}]})} == {[
		"spec",
		"storage_data_disk",
		1,
		"vhd_uri",
	]}
	{f.path | some f in _found("azurerm_virtual_machine_scale_set", {"storage_profile_os_disk": [{"vhd_containers": ["x"]}]})} == {[
		"spec",
		"storage_profile_os_disk",
		0,
		"vhd_containers",
	]}
}

test_managed_disks_pass if {
	_found("azurerm_virtual_machine", {"storage_os_disk": [{"managed_disk_type": "Standard_LRS"}]}) == set()
	_found("azurerm_virtual_machine", {"storage_data_disk": [{"managed_disk_type": "Standard_LRS"}]}) == set()
	_found("azurerm_virtual_machine_scale_set", {"storage_profile_os_disk": [{"vhd_containers": []}]}) == set()
	_found("azurerm_virtual_machine", {"storage_os_disk": null}) == set()
}

good_example := `resource "azurerm_virtual_machine" "web" {
  name                  = "web"
  location              = "westeurope"
  resource_group_name   = "example"
  network_interface_ids = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/networkInterfaces/web"]
  vm_size               = "Standard_B2s"

  storage_os_disk {
    name              = "os"
    create_option     = "FromImage"
    managed_disk_type = "Premium_LRS"
  }
}
`

bad_example := `resource "azurerm_virtual_machine" "web" {
  name                  = "web"
  location              = "westeurope"
  resource_group_name   = "example"
  network_interface_ids = ["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Network/networkInterfaces/web"]
  vm_size               = "Standard_B2s"

  storage_os_disk {
    name          = "os"
    create_option = "FromImage"
    vhd_uri       = "https://example.blob.core.windows.net/vhds/os.vhd"
  }
}
`
