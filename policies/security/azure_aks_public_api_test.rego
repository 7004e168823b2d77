package holdfast.security.azure_aks_public_api_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_public_api

_found(kind, spec) := found if {
	found := azure_aks_public_api.deny with input as attributes_test.judged(kind, spec)
}

_fault(path) := {{"msg": "azurerm_kubernetes_cluster.it has its API on the Internet for everyone", "path": path}}

_ranges(ranges) := _found("azurerm_kubernetes_cluster", {"api_server_access_profile": [{"authorized_ip_ranges": ranges}]})

test_open_apis_are_found if {
	at := ["spec", "api_server_access_profile", 0, "authorized_ip_ranges"]
	_found("azurerm_kubernetes_cluster", {}) == _fault(["spec"])
	_found("azurerm_kubernetes_cluster", {"private_cluster_enabled": false}) == _fault(["spec"])
	_ranges([]) == _fault(at)
	_ranges(["198.51.100.0/24", "0.0.0.0/0"]) == _fault(at)
	_found("azurerm_kubernetes_cluster", {"api_server_authorized_ip_ranges": []}) == _fault(["spec"])
}

test_closed_apis_pass if {
	_ranges(["198.51.100.0/24"]) == set()
	_ranges("${var.ranges}") == set()
	_found("azurerm_kubernetes_cluster", {"api_server_authorized_ip_ranges": ["198.51.100.0/24"]}) == set()
	_found("azurerm_kubernetes_cluster", {"private_cluster_enabled": true}) == set()
	_found("azurerm_kubernetes_cluster", {"private_link_enabled": true}) == set()
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

  api_server_access_profile {
    authorized_ip_ranges = ["198.51.100.0/24"]
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
