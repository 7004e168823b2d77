package holdfast.security.azure_aks_policy_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_policy

_found(kind, spec) := found if {
	found := azure_aks_policy.warn with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it is without the Azure Policy add-on", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_kubernetes_cluster", {"azure_policy_enabled": false}) == _fault(["spec", "azure_policy_enabled"])
	_found("azurerm_kubernetes_cluster", {"azure_policy_enabled": "false"}) == _fault(["spec", "azure_policy_enabled"])
	_found("azurerm_kubernetes_cluster", {"addon_profile": [{"azure_policy": [{"enabled": false}]}]}) == _fault(["spec", "addon_profile", 0, "azure_policy", 0, "enabled"])
	_found("azurerm_kubernetes_cluster", {"addon_profile": [{"azure_policy": [{"enabled": "false"}]}]}) == _fault(["spec", "addon_profile", 0, "azure_policy", 0, "enabled"])
	_found("azurerm_kubernetes_cluster", {}) == _fault(["spec"])
}

test_what_is_well_passes if {
	_found("azurerm_kubernetes_cluster", {"azure_policy_enabled": true}) == set()
	_found("azurerm_kubernetes_cluster", {"azure_policy_enabled": "${var.x}"}) == set()
	_found("azurerm_kubernetes_cluster", {"addon_profile": [{"azure_policy": [{"enabled": true}]}]}) == set()
	_found("azurerm_kubernetes_cluster", {"addon_profile": [{"azure_policy": [{"enabled": "${var.x}"}]}]}) == set()
}

good_example := `resource "azurerm_kubernetes_cluster" "shop" {
  name                = "shop"
  location            = "westeurope"
  resource_group_name = "example"
  dns_prefix          = "shop"
  azure_policy_enabled = true

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
