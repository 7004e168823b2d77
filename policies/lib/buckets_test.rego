package holdfast.lib.buckets_test

import data.holdfast.lib.buckets
import data.holdfast.lib.clusters_test as clusters

# of_module is a resource of Terraform in a module.
of_module(module, kind, name, spec, references) := object.union(
	terraform(kind, name, spec, references),
	{"metadata": {"namespace": module, "address": sprintf("%s.%s.%s", [module, kind, name])}},
)

terraform(kind, name, spec, references) := {
	"apiVersion": "terraform/v1",
	"kind": kind,
	"metadata": {"name": name, "address": sprintf("%s.%s", [kind, name])},
	"spec": spec,
	"references": references,
}

bucket(spec) := terraform("aws_s3_bucket", "backups", object.union({"bucket": "shop-backups"}, spec), {})

location(spec) := clusters.make("velero.io/v1", "BackupStorageLocation", "main", object.union(
	{"provider": "aws", "objectStorage": {"bucket": "shop-backups"}},
	spec,
))

_world(resources) := clusters.in_target("network", resources)

_declared(resources) := found if {
	found := buckets.declared with data.holdfast.resources as _world(resources)
}

test_declared if {
	_declared([bucket({})]) == {["aws", "shop-backups"]: {"target": "network", "resource": bucket({})}}
	object.keys(_declared([
		terraform("google_storage_bucket", "b", {"name": "g"}, {}),
		terraform("azurerm_storage_account", "b", {"name": "z"}, {}),
		terraform("aws_s3_bucket", "b", {"bucket": "${var.x}"}, {}),
		terraform("aws_s3_bucket", "c", {}, {}),
		terraform("aws_s3_bucket", "d", {"bucket": ""}, {}),
		terraform("aws_s3_bucket", "e", {"bucket": 5}, {}),
	])) == {["gcp", "g"], ["azure", "z"]}
}

_unnamed(resources) := found if {
	found := buckets.unnamed with data.holdfast.resources as _world(resources)
}

test_unnamed if {
	_unnamed([bucket({}), terraform("google_storage_bucket", "b", {"name": "g"}, {})]) == set()
	every name in ["${var.x}", "", 5] {
		_unnamed([bucket({"bucket": name})]) == {"aws"}
	}
	_unnamed([terraform("google_storage_bucket", "b", {}, {}), terraform("azurerm_storage_account", "b", {}, {})]) == {
		"gcp",
		"azure",
	}
}

test_name_path if {
	buckets.name_path({"resource": bucket({})}) == ["spec", "bucket"]
	buckets.name_path({"resource": terraform("google_storage_bucket", "b", {}, {})}) == ["spec", "name"]
	buckets.name_path({"resource": terraform("azurerm_storage_account", "b", {}, {})}) == ["spec", "name"]
}

_used(resources) := {use.resource.kind |
	found := buckets.used with data.holdfast.resources as _world(resources)
	some use in found
}

test_used if {
	_used([
		location({}),
		clusters.make("postgresql.cnpg.io/v1", "Cluster", "db", {"backup": {"barmanObjectStore": {"destinationPath": "s3://b/"}}}),
		clusters.make("barmancloud.cnpg.io/v1", "ObjectStore", "db", {"configuration": {"destinationPath": "s3://b/"}}),
	]) == {"BackupStorageLocation", "Cluster", "ObjectStore"}
	_used([clusters.make("k8up.io/v1", "Schedule", "k8up", {"backend": {"s3": {"bucket": "b"}}})]) == set()
	every url in ["https://s3.eu-central-1.amazonaws.com", "https://s3.cn-north-1.amazonaws.com.cn/", "https://storage.googleapis.com:443"] {
		_used([location({"config": {"s3Url": url}})]) == {"BackupStorageLocation"}
	}
	every url in ["https://minio.example.com", "https://amazonaws.com.example.com", "http://minio:9000"] {
		_used([location({"config": {"s3Url": url}})]) == set()
	}
}

_versioned(of, others) if {
	buckets.versioned({"target": "network", "resource": of}) with data.holdfast.resources as _world(others)
}

_versioning(status, spec, references) := terraform(
	"aws_s3_bucket_versioning", "v", object.union(
		{"versioning_configuration": [{"status": status}]},
		spec,
	),
	references,
)

test_versioned if {
	_versioned(bucket({"versioning": [{"enabled": true}]}), [])
	_versioned(bucket({"object_lock_enabled": true}), [])
	_versioned(terraform("azurerm_storage_account", "b", {"blob_properties": [{"versioning_enabled": true}]}, {}), [])
	_versioned(bucket({}), [_versioning("Enabled", {"bucket": "shop-backups"}, {})])
	_versioned(bucket({}), [_versioning("Enabled", {"bucket": "${x}"}, {"bucket": ["aws_s3_bucket.backups"]})])
	every of in [
		bucket({}),
		bucket({"versioning": [{"enabled": false}], "object_lock_enabled": false}),
		bucket({"versioning": null}),
		terraform("azurerm_storage_account", "b", {"blob_properties": [{"versioning_enabled": false}]}, {}),
	] {
		not _versioned(of, [])
	}
	every other in [
		_versioning("Suspended", {"bucket": "shop-backups"}, {}),
		_versioning("Enabled", {"bucket": "other"}, {}),
		_versioning("Enabled", {"bucket": "${x}"}, {"bucket": ["aws_s3_bucket.other"]}),
		_versioning("Enabled", {"bucket": "${x}"}, {"bucket": [5]}),
		_versioning("Enabled", {}, {}),
	] {
		not _versioned(bucket({}), [other])
	}
}

# Without a name of its own, which another bucket without one has as well.
test_an_unknown_name_is_no_key if {
	not _versioned(bucket({"bucket": "${x}"}), [_versioning("Enabled", {"bucket": "${x}"}, {})])
}

test_addresses_in_modules_and_with_instances if {
	of := of_module("module.a", "aws_s3_bucket", "backups", {"bucket": "shop-backups"}, {})
	every reference in ["aws_s3_bucket.backups", "module.a.aws_s3_bucket.backups", "aws_s3_bucket.backups[0]"] {
		attached := of_module("module.a", "aws_s3_bucket_versioning", "v", {"versioning_configuration": [{"status": "Enabled"}]}, {"bucket": [reference]})
		_versioned(of, [attached])
	}
	other := of_module("module.b", "aws_s3_bucket_versioning", "v", {"versioning_configuration": [{"status": "Enabled"}]}, {"bucket": ["aws_s3_bucket.backups"]})
	not _versioned(of, [other])
	instance := object.union(bucket({}), {"metadata": {"address": `aws_s3_bucket.backups["x"]`}})
	_versioned(instance, [_versioning("Enabled", {}, {"bucket": ["aws_s3_bucket.backups"]})])
}

test_an_address_of_another_target if {
	not _in_other_target
}

_in_other_target if {
	attached := _versioning("Enabled", {}, {"bucket": ["aws_s3_bucket.backups"]})
	buckets.versioned({"target": "other", "resource": bucket({})}) with data.holdfast.resources as _world([attached])
}

_copied(of, others) if {
	buckets.copied({"target": "network", "resource": of}) with data.holdfast.resources as _world(others)
}

test_copied if {
	_copied(bucket({"replication_configuration": [{"role": "r"}]}), [])
	_copied(bucket({}), [terraform("aws_s3_bucket_replication_configuration", "r", {"bucket": "shop-backups"}, {})])
	every location in ["EU", "US", "NAM4", "EUR4"] {
		_copied(terraform("google_storage_bucket", "b", {"location": location}, {}), [])
	}
	_copied(terraform("google_storage_bucket", "b", {}, {}), [])
	_copied(terraform("google_storage_bucket", "b", {"location": "EU-WEST", "custom_placement_config": [{}]}, {}), [])
	every type in ["GRS", "RAGRS", "GZRS", "RAGZRS"] {
		_copied(terraform("azurerm_storage_account", "b", {"account_replication_type": type}, {}), [])
	}
}

test_not_copied if {
	not _copied(bucket({}), [])
	not _copied(bucket({"replication_configuration": []}), [])
	not _copied(bucket({"replication_configuration": [null]}), [])
	not _copied(bucket({}), [terraform("aws_s3_bucket_replication_configuration", "r", {"bucket": "other"}, {})])
	not _copied(terraform("google_storage_bucket", "b", {"location": "europe-west1"}, {}), [])
	not _copied(terraform("google_storage_bucket", "b", {"location": 5}, {}), [])
	every type in ["LRS", "ZRS"] {
		not _copied(terraform("azurerm_storage_account", "b", {"account_replication_type": type}, {}), [])
	}
}
