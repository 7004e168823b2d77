package holdfast.dr.azure_cosmosdb_regions_test

import data.holdfast.dr.azure_cosmosdb_regions
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_cosmosdb_regions.warn with input as attributes_test.judged(kind, spec)
}

test_one_region_is_found if {
	_found("azurerm_cosmosdb_account", {"geo_location": [{}]}) == {{
		"msg": "azurerm_cosmosdb_account.it is in one region alone",
		"path": ["spec"],
	}}
	count(_found("azurerm_cosmosdb_account", {"automatic_failover_enabled": true})) == 1
}

_two := [{"failover_priority": 0}, {"failover_priority": 1}]

test_no_failover_is_found if {
	_found("azurerm_cosmosdb_account", {"geo_location": _two}) == {{
		"msg": "azurerm_cosmosdb_account.it does not fail over to its other region by itself",
		"path": ["spec"],
	}}
	count(_found("azurerm_cosmosdb_account", {"geo_location": _two, "automatic_failover_enabled": false})) == 1
}

test_failover_passes if {
	every attribute in [
		"automatic_failover_enabled", "enable_automatic_failover", "multiple_write_locations_enabled",
		"enable_multiple_write_locations",
	] {
		_found("azurerm_cosmosdb_account", {"geo_location": _two, attribute: true}) == set()
	}
}

good_example := `resource "azurerm_cosmosdb_account" "shop" {
  name                       = "shop"
  resource_group_name        = "example"
  location                   = "westeurope"
  offer_type                 = "Standard"
  automatic_failover_enabled = true

  geo_location {
    location          = "westeurope"
    failover_priority = 0
  }

  geo_location {
    location          = "northeurope"
    failover_priority = 1
  }
}
`

bad_example := `resource "azurerm_cosmosdb_account" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  offer_type          = "Standard"

  geo_location {
    location          = "westeurope"
    failover_priority = 0
  }
}
`
