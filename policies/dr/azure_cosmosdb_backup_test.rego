package holdfast.dr.azure_cosmosdb_backup_test

import data.holdfast.dr.azure_cosmosdb_backup
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := azure_cosmosdb_backup.warn with input as attributes_test.judged(kind, spec)
}

_account := "azurerm_cosmosdb_account"

_brief(path) := {{"msg": "azurerm_cosmosdb_account.it keeps its backups for less than a week", "path": path}}

test_brief_backups_are_found if {
	_found(_account, {}) == _brief(["spec"])
	_found(_account, {"backup": [{"type": "Periodic"}]}) == _brief(["spec"])
	_found(_account, {"backup": [{"type": "Periodic", "retention_in_hours": 167}]}) == _brief(["spec", "backup", 0, "retention_in_hours"])
}

test_backups_in_one_region_are_found if {
	every redundancy in ["Local", "Zone"] {
		_found(_account, {"backup": [{"retention_in_hours": 720, "storage_redundancy": redundancy}]}) == {{
			"msg": sprintf("azurerm_cosmosdb_account.it keeps its backups in one region: their redundancy is %s", [redundancy]),
			"path": ["spec", "backup", 0, "storage_redundancy"],
		}}
	}
}

test_good_backups_pass if {
	_found(_account, {"backup": [{"type": "Continuous"}]}) == set()
	_found(_account, {"backup": [{"type": "${var.x}"}]}) == set()
	_found(_account, {"backup": [{"type": "Periodic", "retention_in_hours": 168, "storage_redundancy": "Geo"}]}) == set()
	_found(_account, {"backup": [{"retention_in_hours": "${var.x}"}]}) == set()
}

good_example := `resource "azurerm_cosmosdb_account" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  offer_type          = "Standard"

  backup {
    type = "Continuous"
    tier = "Continuous30Days"
  }
}
`

bad_example := `resource "azurerm_cosmosdb_account" "shop" {
  name                = "shop"
  resource_group_name = "example"
  location            = "westeurope"
  offer_type          = "Standard"
}
`
