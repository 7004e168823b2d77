package holdfast.dr.backup_bucket_versioning_test

import data.holdfast.dr.backup_bucket_versioning
import data.holdfast.lib.buckets_test as buckets
import data.holdfast.lib.clusters_test as clusters

_deny(resources) := found if {
	found := backup_bucket_versioning.deny with data.holdfast.resources as clusters.of(resources)
		with input as clusters.about_all
}

_versioning := buckets.terraform(
	"aws_s3_bucket_versioning", "v", {
		"bucket": "${aws_s3_bucket.backups.id}",
		"versioning_configuration": [{"status": "Enabled"}],
	},
	{"bucket": ["aws_s3_bucket.backups"]},
)

test_no_versions_are_found if {
	_deny([buckets.location({}), buckets.bucket({})]) == {{
		"msg": `bucket "shop-backups", where BackupStorageLocation "main" stores backups, keeps no versions`,
		"path": ["spec", "bucket"],
		"resource": clusters.identity(buckets.bucket({})),
	}}
	google := buckets.terraform("google_storage_bucket", "b", {"name": "shop-backups"}, {})
	{f.path | some f in _deny([buckets.location({"provider": "gcp"}), google])} == {["spec", "name"]}
}

test_versions_pass if {
	_deny([buckets.location({}), buckets.bucket({}), _versioning]) == set()
	_deny([buckets.location({}), buckets.bucket({"versioning": [{"enabled": true}]})]) == set()
}

test_buckets_without_backups_pass if {
	_deny([buckets.location({}), buckets.bucket({"bucket": "logs"})]) == set()
	_deny([buckets.bucket({})]) == set()
	_deny([buckets.location({"provider": "gcp"}), buckets.bucket({})]) == set()
	_deny([buckets.location({"config": {"s3Url": "https://minio.example.com"}}), buckets.bucket({})]) == set()
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
---
apiVersion: terraform/v1
kind: aws_s3_bucket_versioning
metadata: {name: backups, address: aws_s3_bucket_versioning.backups}
spec:
  bucket: shop-backups
  versioning_configuration: [{status: Enabled}]
`

bad_example := `apiVersion: velero.io/v1
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
