package holdfast.dr.backup_bucket_copy_test

import data.holdfast.dr.backup_bucket_copy
import data.holdfast.lib.buckets_test as buckets
import data.holdfast.lib.clusters_test as clusters

_warn_in(resources, regions) := found if {
	found := backup_bucket_copy.warn with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
		with data.holdfast.params as {"target_regions": regions}
}

_warn(resources) := _warn_in(resources, {})

_replication := buckets.terraform("aws_s3_bucket_replication_configuration", "r", {"bucket": "shop-backups"}, {})

test_one_region_is_found if {
	_warn([buckets.location({}), buckets.bucket({})]) == {{
		"msg": `bucket "shop-backups", where BackupStorageLocation "main" stores backups, is kept in one region only`,
		"path": ["spec", "bucket"],
		"resource": clusters.identity(buckets.bucket({})),
	}}
	azure := buckets.location({"provider": "azure", "config": {"storageAccount": "shop"}})
	account := buckets.terraform("azurerm_storage_account", "b", {"name": "shop", "account_replication_type": "LRS"}, {})
	{f.path | some f in _warn([azure, account])} == {["spec", "name"]}
}

test_a_copy_passes if {
	_warn([buckets.location({}), buckets.bucket({}), _replication]) == set()
}

test_another_region_than_the_clusters_passes if {
	location := buckets.location({"config": {"region": "eu-west-1"}})
	_warn_in([location, buckets.bucket({})], {"prod": "eu-central-1"}) == set()
	count(_warn_in([location, buckets.bucket({})], {"prod": "EU-WEST-1"})) == 1
	count(_warn_in([location, buckets.bucket({})], {"other": "eu-central-1"})) == 1
	count(_warn_in([buckets.location({"config": {"region": "EU-WEST-1"}}), buckets.bucket({})], {"prod": "eu-west-1"})) == 1
}

test_buckets_without_backups_pass if {
	_warn([buckets.bucket({})]) == set()
	_warn([buckets.location({}), buckets.bucket({"bucket": "logs"})]) == set()
}

good_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: gcp
  objectStorage: {bucket: shop-backups}
---
apiVersion: terraform/v1
kind: google_storage_bucket
metadata: {name: backups, address: google_storage_bucket.backups}
spec: {name: shop-backups, location: EU}
`

bad_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: gcp
  objectStorage: {bucket: shop-backups}
---
apiVersion: terraform/v1
kind: google_storage_bucket
metadata: {name: backups, address: google_storage_bucket.backups}
spec: {name: shop-backups, location: europe-west1}
`
