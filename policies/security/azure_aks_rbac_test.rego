package holdfast.security.azure_aks_rbac_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_rbac

_found(kind, spec) := found if {
	found := azure_aks_rbac.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it has no role-based access control", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_kubernetes_cluster", {"role_based_access_control_enabled": false}) == _fault(["spec", "role_based_access_control_enabled"])
	_found("azurerm_kubernetes_cluster", {"role_based_access_control_enabled": "false"}) == _fault(["spec", "role_based_access_control_enabled"])
	_found("azurerm_kubernetes_cluster", {"role_based_access_control": [{"enabled": false}]}) == _fault(["spec", "role_based_access_control", 0, "enabled"])
	_found("azurerm_kubernetes_cluster", {"role_based_access_control": [{"enabled": "false"}]}) == _fault(["spec", "role_based_access_control", 0, "enabled"])
}

test_what_is_well_passes if {
	_found("azurerm_kubernetes_cluster", {"role_based_access_control_enabled": true}) == set()
	_found("azurerm_kubernetes_cluster", {"role_based_access_control_enabled": "${var.x}"}) == set()
	_found("azurerm_kubernetes_cluster", {"role_based_access_control": [{"enabled": true}]}) == set()
	_found("azurerm_kubernetes_cluster", {"role_based_access_control": [{"enabled": "${var.x}"}]}) == set()
	_found("azurerm_kubernetes_cluster", {}) == set()
	_found("azurerm_kubernetes_cluster", null) == set()
}

good_example := `resource "azurerm_kubernetes_cluster" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  dns_prefix          = "shop"
  role_based_access_control_enabled = true

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
  role_based_access_control_enabled = false

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
