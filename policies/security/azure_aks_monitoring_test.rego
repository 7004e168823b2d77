package holdfast.security.azure_aks_monitoring_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.azure_aks_monitoring

_found(kind, spec) := found if {
	found := azure_aks_monitoring.warn with input as attributes_test.judged(kind, spec)
}

test_no_agent_is_found if {
	_found("azurerm_kubernetes_cluster", {}) == {{
		"msg": "azurerm_kubernetes_cluster.it sends its logs nowhere",
		"path": ["spec"],
	}}
	count(_found("azurerm_kubernetes_cluster", {"addon_profile": [{"oms_agent": [{"enabled": false}]}], "oms_agent": []})) == 1
}

test_agents_pass if {
	_found("azurerm_kubernetes_cluster", {"oms_agent": [{"log_analytics_workspace_id": "x"}]}) == set()
	_found("azurerm_kubernetes_cluster", {"microsoft_defender": [{"log_analytics_workspace_id": "x"}]}) == set()
	_found("azurerm_kubernetes_cluster", {"addon_profile": [{"oms_agent": [{"enabled": true}]}]}) == set()
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

  oms_agent {
    log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.OperationalInsights/workspaces/shop"
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
