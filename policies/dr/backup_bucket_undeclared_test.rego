package holdfast.dr.backup_bucket_undeclared_test

import data.holdfast.dr.backup_bucket_undeclared
import data.holdfast.lib.buckets_test as buckets
import data.holdfast.lib.clusters_test as clusters

_location := buckets.location({})

_other := buckets.bucket({"bucket": "logs"})

_warn(resources) := found if {
	found := backup_bucket_undeclared.warn with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
}

test_another_bucket_is_found if {
	_warn([_location, _other]) == {{
		"msg": `BackupStorageLocation "main" stores backups in "shop-backups", which no Terraform target declares`,
		"path": ["spec", "objectStorage", "bucket"],
		"resource": clusters.identity(_location),
	}}
}

test_a_declared_one_passes if {
	_warn([_location, buckets.bucket({})]) == set()
	world := object.union(clusters.of([_location]), clusters.in_target("network", [buckets.bucket({})]))
	found := backup_bucket_undeclared.warn with data.holdfast.resources as world with input as clusters.about_all
	found == set()
}

test_a_bucket_of_another_provider if {
	google := buckets.terraform("google_storage_bucket", "b", {"name": "shop-backups"}, {})
	_warn([_location, google]) == set()
	count(_warn([_location, google, _other])) == 1
}

test_what_is_not_known_passes if {
	_warn([_location]) == set()
	unknown := clusters.at(buckets.bucket({"bucket": "${var.name}"}), {"name": "unknown"})
	_warn([_location, _other, unknown]) == set()
	_warn([buckets.location({"provider": "custom"}), _other]) == set()
}

good_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backups}
---
apiVersion: terraform/v1
kind: aws_s3_bucket
metadata: {name: backups, address: aws_s3_bucket.backups}
spec: {bucket: shop-backups}
`

bad_example := `apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: main
  namespace: velero
spec:
  provider: aws
  objectStorage: {bucket: shop-backup}
---
apiVersion: terraform/v1
kind: aws_s3_bucket
metadata: {name: backups, address: aws_s3_bucket.backups}
spec: {bucket: shop-backups}
`
