package holdfast.security.azure_aks_upgrades_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_upgrades

_found(kind, spec) := found if {
	found := azure_aks_upgrades.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it has no channel of automatic upgrades", "path": path}}

test_no_channel_is_found if {
	_found("azurerm_kubernetes_cluster", {}) == _fault(["spec"])
	_found("azurerm_kubernetes_cluster", {"automatic_upgrade_channel": "none"}) == _fault(["spec", "automatic_upgrade_channel"])
	_found("azurerm_kubernetes_cluster", {"automatic_channel_upgrade": "none"}) == _fault(["spec"])
}

test_a_channel_passes if {
	_found("azurerm_kubernetes_cluster", {"automatic_upgrade_channel": "patch"}) == set()
	_found("azurerm_kubernetes_cluster", {"automatic_channel_upgrade": "stable"}) == set()
}

good_example := `resource "azurerm_kubernetes_cluster" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  dns_prefix          = "shop"
  automatic_upgrade_channel = "patch"

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
`

bad_example := `resource "azurerm_kubernetes_cluster" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
`
