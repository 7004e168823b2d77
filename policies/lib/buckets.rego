# METADATA
# title: Buckets of Terraform that hold backups
# description: |
#   Which buckets the Terraform targets declare, which of them keep versions and
#   which are copied to a second region, and which stores of backups are in them.
#   A resource belongs to a bucket by its literal name or by a reference to it.
package holdfast.lib.buckets

import data.holdfast.lib.groups
import data.holdfast.lib.stores

# declared has the buckets that a provider's resources declare, by [provider,
# name]: the target and the resource.
declared := {key: buckets[0] | some key, buckets in _by_name}

_by_name := groups.distinct_by_first([[[provider, name], {"target": target, "resource": resource}] |
	some target, kinds in data.holdfast.resources
	some kind, of in _kinds
	some resource in kinds[kind][_]
	name := resource.spec[of.field]
	provider := of.provider
	_known(name)
])

_kinds := {
	"terraform/aws_s3_bucket": {"provider": "aws", "field": "bucket"},
	"terraform/google_storage_bucket": {"provider": "gcp", "field": "name"},
	"terraform/azurerm_storage_account": {"provider": "azure", "field": "name"},
}

# name_path leads to a bucket's name.
name_path(bucket) := ["spec", _kinds[concat("/", ["terraform", bucket.resource.kind])].field]

# unnamed are the providers of which a bucket's name is not known before apply.
unnamed contains of.provider if {
	some kind, of in _kinds
	some resource in data.holdfast.resources[_][kind][_]
	not _known(object.get(resource, ["spec", of.field], ""))
}

_known(name) if {
	is_string(name)
	name != ""
	not contains(name, "${")
}

# used has an element for each store of backups: the target and the resource that
# has it, and the store.
used contains {"target": target, "resource": resource, "store": store} if {
	some kind in [
		"velero.io/BackupStorageLocation",
		"postgresql.cnpg.io/Cluster",
		"barmancloud.cnpg.io/ObjectStore",
	]
	some target, kinds in data.holdfast.resources
	some resource in kinds[kind][_]
	some store in stores.of(resource)
	not _elsewhere(store)
}

# An endpoint of its own is that of another maker's storage.
_elsewhere(store) if {
	endpoint := store.endpoint
	not regex.match(`(?i)^https?://(?:[a-z0-9.-]+\.)?(?:amazonaws\.com(?:\.cn)?|storage\.googleapis\.com)(?:[:/]|$)`, endpoint)
}

# versioned is true for a bucket that keeps what is overwritten or deleted.
versioned(bucket) if {
	some block in bucket.resource.spec.versioning
	block.enabled == true
}

versioned(bucket) if bucket.resource.spec.object_lock_enabled == true

versioned(bucket) if {
	some block in bucket.resource.spec.blob_properties
	block.versioning_enabled == true
}

versioned(bucket) if {
	some key in _keys_of_bucket(bucket)
	key in _versioned
}

_versioned := {key |
	some target, kinds in data.holdfast.resources
	some resource in kinds["terraform/aws_s3_bucket_versioning"][_]
	some block in resource.spec.versioning_configuration
	lower(block.status) == "enabled"
	some key in _keys_of_attached(target, resource)
}

# copied is true for a bucket whose content is kept in a second region.
copied(bucket) if {
	some block in bucket.resource.spec.replication_configuration
	is_object(block)
}

# Of Google's locations single regions have a hyphen; the others are multi-regions
# and pairs, as is a bucket with custom placement. US is the default.
copied(bucket) if {
	bucket.resource.kind == "google_storage_bucket"
	location := object.get(bucket.resource.spec, "location", "US")
	is_string(location)
	not contains(location, "-")
}

copied(bucket) if is_object(bucket.resource.spec.custom_placement_config[0])

copied(bucket) if bucket.resource.spec.account_replication_type in {"GRS", "RAGRS", "GZRS", "RAGZRS"}

copied(bucket) if {
	some key in _keys_of_bucket(bucket)
	key in _replicated
}

_replicated := {key |
	some target, kinds in data.holdfast.resources
	some resource in kinds["terraform/aws_s3_bucket_replication_configuration"][_]
	some key in _keys_of_attached(target, resource)
}

# By what an attached resource knows a bucket: its name, or its address. Of the
# kinds only S3's buckets have the name there.
_keys_of_bucket(bucket) := {bucket.resource.spec.bucket, [bucket.target, _plain(bucket.resource.metadata.address)]}

_keys_of_attached(target, resource) := {name | name := resource.spec.bucket; _known(name)} | {[target, address] |
	some reference in resource.references.bucket
	is_string(reference)
	some written in ({reference} | {inside | inside := sprintf("%s.%s", [resource.metadata.namespace, reference])})
	address := _plain(written)
}

# Without the instance of a count or for_each, which a reference may leave out.
_plain(address) := regex.replace(address, `\[[^\]]*\]`, "")
