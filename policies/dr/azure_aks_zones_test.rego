package holdfast.dr.azure_aks_zones_test

import data.holdfast.dr.azure_aks_zones
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_aks_zones.warn with input as attributes_test.judged(kind, spec)
}

_cluster(pool) := _found("azurerm_kubernetes_cluster", {"default_node_pool": [pool]})

_pool(spec) := _found("azurerm_kubernetes_cluster_node_pool", spec)

test_one_zone_is_found if {
	_cluster({"zones": ["1"]}) == {{
		"msg": "azurerm_kubernetes_cluster.it has its default nodes in one zone",
		"path": ["spec", "default_node_pool", 0, "zones"],
	}}
	{f.path | some f in _cluster({})} == {["spec"]}
	_pool({"zones": []}) == {{
		"msg": "azurerm_kubernetes_cluster_node_pool.it has its nodes in one zone",
		"path": ["spec", "zones"],
	}}
	{f.path | some f in _pool({})} == {["spec"]}
}

test_several_zones_pass if {
	_cluster({"zones": ["1", "2"]}) == set()
	_cluster({"availability_zones": ["1", "2", "3"]}) == set()
	_cluster({"zones": "${var.zones}"}) == set()
	_pool({"zones": ["1", "2"]}) == set()
	_pool({"availability_zones": ["1", "2"]}) == set()
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
    zones      = ["1", "2", "3"]
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
}
`
