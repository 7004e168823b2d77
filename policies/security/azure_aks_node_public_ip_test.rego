package holdfast.security.azure_aks_node_public_ip_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_node_public_ip

_found(kind, spec) := found if {
	found := azure_aks_node_public_ip.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it gives its nodes public addresses", "path": path}}

test_the_fault_is_found if {
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"node_public_ip_enabled": true}]}) == _fault(["spec", "default_node_pool", 0, "node_public_ip_enabled"])
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"node_public_ip_enabled": "true"}]}) == _fault(["spec", "default_node_pool", 0, "node_public_ip_enabled"])
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"enable_node_public_ip": true}]}) == _fault(["spec", "default_node_pool", 0, "enable_node_public_ip"])
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"enable_node_public_ip": "true"}]}) == _fault(["spec", "default_node_pool", 0, "enable_node_public_ip"])
	_found("azurerm_kubernetes_cluster", {"node_public_ip_enabled": true}) == _fault(["spec", "node_public_ip_enabled"])
	_found("azurerm_kubernetes_cluster", {"node_public_ip_enabled": "true"}) == _fault(["spec", "node_public_ip_enabled"])
	_found("azurerm_kubernetes_cluster", {"enable_node_public_ip": true}) == _fault(["spec", "enable_node_public_ip"])
	_found("azurerm_kubernetes_cluster", {"enable_node_public_ip": "true"}) == _fault(["spec", "enable_node_public_ip"])
}

test_what_is_well_passes if {
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"node_public_ip_enabled": false}]}) == set()
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"node_public_ip_enabled": "${var.x}"}]}) == set()
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"enable_node_public_ip": false}]}) == set()
	_found("azurerm_kubernetes_cluster", {"default_node_pool": [{"enable_node_public_ip": "${var.x}"}]}) == set()
	_found("azurerm_kubernetes_cluster", {"node_public_ip_enabled": false}) == set()
	_found("azurerm_kubernetes_cluster", {"node_public_ip_enabled": "${var.x}"}) == set()
	_found("azurerm_kubernetes_cluster", {"enable_node_public_ip": false}) == set()
	_found("azurerm_kubernetes_cluster", {"enable_node_public_ip": "${var.x}"}) == set()
	_found("azurerm_kubernetes_cluster", {}) == set()
	_found("azurerm_kubernetes_cluster", null) == set()
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
    node_public_ip_enabled = true
  }

  identity {
    type = "SystemAssigned"
  }
}
`
