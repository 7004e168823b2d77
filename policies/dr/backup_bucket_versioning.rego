# METADATA
# title: Buckets of backups that keep no versions
# description: |
#   A bucket that holds backups and keeps no versions loses them to one mistaken
#   or malicious delete, by the very credentials that write them (AWS, "Using
#   versioning in S3 buckets"; Google Cloud, "Object Versioning"; Azure, "Blob
#   versioning"). Asked of aws_s3_bucket, google_storage_bucket and
#   azurerm_storage_account whose name a BackupStorageLocation of Velero, or a
#   Cluster or ObjectStore of CloudNativePG has; versioning may be in the resource,
#   in an aws_s3_bucket_versioning, or come of object lock.
# custom:
#   id: dr/backup-bucket-versioning
#   category: dr
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Enable versioning of the bucket (aws_s3_bucket_versioning with status Enabled), and let a lifecycle
#     rule remove old versions.
#   scope: snapshot
#   kinds: [velero.io/BackupStorageLocation, postgresql.cnpg.io/Cluster, barmancloud.cnpg.io/ObjectStore]
package holdfast.dr.backup_bucket_versioning

import data.holdfast.lib.buckets
import data.holdfast.lib.names

deny contains {"msg": msg, "path": path, "resource": names.identity(bucket.target, bucket.resource)} if {
	some use in buckets.used
	bucket := buckets.declared[[use.store.provider, use.store.bucket]]
	not buckets.versioned(bucket)
	msg := sprintf("bucket %q, where %s stores backups, keeps no versions", [use.store.bucket, names.title(use.resource)])
	path := buckets.name_path(bucket)
}
