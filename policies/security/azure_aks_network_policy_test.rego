package holdfast.security.azure_aks_network_policy_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_network_policy

_found(kind, spec) := found if {
	found := azure_aks_network_policy.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it enforces no network policies", "path": path}}

test_no_engine_is_found if {
	_found("azurerm_kubernetes_cluster", {}) == _fault(["spec"])
	_found("azurerm_kubernetes_cluster", {"network_profile": [{"network_plugin": "azure"}]}) == _fault(["spec"])
	every none in ["", "none", "None"] {
		_found("azurerm_kubernetes_cluster", {"network_profile": [{"network_policy": none}]}) == _fault([
			"spec",
			"network_profile",
			0,
			"network_policy",
		])
	}
}

test_an_engine_passes if {
	every engine in ["azure", "calico", "cilium", "${var.engine}"] {
		_found("azurerm_kubernetes_cluster", {"network_profile": [{"network_policy": engine}]}) == set()
	}
}

good_example := `resource "azurerm_kubernetes_cluster" "shop" {
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

  network_profile {
    network_plugin = "azure"
    network_policy = "azure"
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

  network_profile {
    network_plugin = "azure"
  }
}
`
