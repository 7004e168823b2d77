package holdfast.dr.google_alloydb_backup_test

import data.holdfast.dr.google_alloydb_backup
import data.holdfast.lib.attributes_test

_found(kind, spec) := found if {
	found := google_alloydb_backup.deny with input as attributes_test.judged(kind, spec)
}

test_no_backups_are_found if {
	_found("google_alloydb_cluster", {
		"continuous_backup_config": [{"enabled": false}],
		"automated_backup_policy": [{"enabled": false}],
	}) == {
		{
			"msg": "google_alloydb_cluster.it has no continuous backup",
			"path": ["spec", "continuous_backup_config", 0, "enabled"],
		},
		{
			"msg": "google_alloydb_cluster.it has no automated backups",
			"path": ["spec", "automated_backup_policy", 0, "enabled"],
		},
	}
	count(_found("google_alloydb_cluster", {"continuous_backup_config": [{"enabled": "false"}]})) == 1
}

test_backups_pass if {
	_found("google_alloydb_cluster", {}) == set()
	_found("google_alloydb_cluster", {
		"continuous_backup_config": [{"enabled": true}],
		"automated_backup_policy": [{"enabled": true}],
	}) == set()
}

good_example := `resource "google_alloydb_cluster" "shop" {
  cluster_id = "shop"
  location   = "europe-west1"

  continuous_backup_config {
    enabled = true
  }
}
`

bad_example := `resource "google_alloydb_cluster" "shop" {
  cluster_id = "shop"
  location   = "europe-west1"

  continuous_backup_config {
    enabled = false
  }
}
`
