# METADATA
# title: Buckets of backups in one region
# description: |
#   A bucket that holds backups and is kept in one region only is lost with it
#   (AWS, "Replicating objects"; Google Cloud, "Bucket locations"; Azure, "Azure
#   Storage redundancy"). It needs an aws_s3_bucket_replication_configuration, a
#   location of several regions, or an account_replication_type of GRS, RAGRS,
#   GZRS or RAGZRS. Where the parameter target_regions says where the cluster is,
#   a bucket that the backup says is in another region passes.
# custom:
#   id: dr/backup-bucket-copy
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-6]
#   remediation: Replicate the bucket to another region, or use a location of several regions.
#   scope: snapshot
#   kinds: [velero.io/BackupStorageLocation, postgresql.cnpg.io/Cluster, barmancloud.cnpg.io/ObjectStore]
#   params:
#     target_regions: {}
package holdfast.dr.backup_bucket_copy

import data.holdfast.lib.buckets
import data.holdfast.lib.names

warn contains {"msg": msg, "path": path, "resource": names.identity(bucket.target, bucket.resource)} if {
	some use in buckets.used
	bucket := buckets.declared[[use.store.provider, use.store.bucket]]
	not buckets.copied(bucket)
	not _elsewhere(use)
	msg := sprintf("bucket %q, where %s stores backups, is kept in one region only", [
		use.store.bucket,
		names.title(use.resource),
	])
	path := buckets.name_path(bucket)
}

_elsewhere(use) if lower(data.holdfast.params.target_regions[use.target]) != lower(use.store.region)
