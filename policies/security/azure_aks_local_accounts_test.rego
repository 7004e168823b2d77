package holdfast.security.azure_aks_local_accounts_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_local_accounts

_found(kind, spec) := found if {
	found := azure_aks_local_accounts.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it keeps its local admin account", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_kubernetes_cluster", {"local_account_disabled": false}) == _fault(["spec", "local_account_disabled"])
	_found("azurerm_kubernetes_cluster", {"local_account_disabled": "false"}) == _fault(["spec", "local_account_disabled"])
	_found("azurerm_kubernetes_cluster", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_kubernetes_cluster", {"local_account_disabled": true}) == set()
	_found("azurerm_kubernetes_cluster", {"local_account_disabled": "${var.x}"}) == set()
}

good_example := `resource "azurerm_kubernetes_cluster" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  dns_prefix          = "shop"
  local_account_disabled = true

  default_node_pool {
    name       = "system"
    node_count = 3
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
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
