package holdfast.dr.backup_region_test

import data.holdfast.dr.backup_region
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_location(config) := clusters.make("velero.io/v1", "BackupStorageLocation", "main", {"config": config})

_warn(config, regions) := found if {
	found := backup_region.warn with input as samples.of(_location(config))
		with data.holdfast.params as {"target_regions": regions}
}

test_the_same_region_is_found if {
	_warn({"region": "eu-central-1"}, {"prod": "eu-central-1"}) == {{
		"msg": `BackupStorageLocation "main" stores backups in eu-central-1, where the cluster is`,
		"path": ["spec", "objectStorage", "bucket"],
	}}
	count(_warn({"region": "EastUS"}, {"prod": "eastus"})) == 1
	count(_warn({"region": "eastus"}, {"prod": "EastUS"})) == 1
}

test_another_region_passes if {
	_warn({"region": "eu-west-1"}, {"prod": "eu-central-1"}) == set()
	_warn({}, {"prod": "eu-central-1"}) == set()
}

test_nothing_declared_passes if {
	_warn({"region": "eu-central-1"}, {}) == set()
	_warn({"region": "eu-central-1"}, {"other": "eu-central-1"}) == set()
}

example_params := {"target_regions": {"default": "eu-central-1"}}

good_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
  config: {region: eu-west-1}
`

bad_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
  config: {region: eu-central-1}
`
