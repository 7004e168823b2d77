# METADATA
# title: Backups in buckets that Terraform does not declare
# description: |
#   Where the repository declares buckets, the one that backups go to should be
#   among them: a bucket that somebody made by hand is not there after the loss of
#   the account, and nobody knows whether it keeps versions. Compared are the
#   names in Velero's BackupStorageLocations and CloudNativePG's Clusters and
#   ObjectStores with those of aws_s3_bucket, google_storage_bucket and
#   azurerm_storage_account. Nothing is asked of a provider of which there are no
#   buckets, or of which a bucket's name is not known.
# custom:
#   id: dr/backup-bucket-undeclared
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: Declare the bucket in Terraform and import it, or mend its name.
#   scope: snapshot
#   kinds: [velero.io/BackupStorageLocation, postgresql.cnpg.io/Cluster, barmancloud.cnpg.io/ObjectStore]
package holdfast.dr.backup_bucket_undeclared

import data.holdfast.lib.buckets
import data.holdfast.lib.names

warn contains {"msg": msg, "path": use.store.path, "resource": names.identity(use.target, use.resource)} if {
	some use in buckets.used
	use.store.provider in _providers
	not use.store.provider in buckets.unnamed
	not [use.store.provider, use.store.bucket] in object.keys(buckets.declared)
	msg := sprintf("%s stores backups in %q, which no Terraform target declares", [
		names.title(use.resource),
		use.store.bucket,
	])
}

_providers := {provider | some [provider, _], _ in buckets.declared}
