package holdfast.security.aws_unencrypted_storage_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_unencrypted_storage

_found(kind, spec) := found if {
	found := aws_unencrypted_storage.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_efs_file_system" "shared" {
  creation_token = "shared"
  encrypted      = true
}`

bad_example := `resource "aws_efs_file_system" "shared" {
  creation_token = "shared"
}`

_expected := {
	"aws_db_instance": ["storage_encrypted"],
	"aws_rds_cluster": ["storage_encrypted"],
	"aws_rds_global_cluster": ["storage_encrypted"],
	"aws_docdb_cluster": ["storage_encrypted"],
	"aws_neptune_cluster": ["storage_encrypted"],
	"aws_efs_file_system": ["encrypted"],
	"aws_elasticache_replication_group": ["at_rest_encryption_enabled"],
	"aws_workspaces_workspace": ["root_volume_encryption_enabled", "user_volume_encryption_enabled"],
}

_all(attributes, value) := {attribute: value | some attribute in attributes}

test_each_kind if {
	every kind, attributes in _expected {
		_found(kind, {}) == {found |
			some attribute in attributes
			found := {"msg": sprintf("%s.x does not set %s", [kind, attribute]), "path": ["spec"]}
		}
		_found(kind, _all(attributes, false)) == {found |
			some attribute in attributes
			found := {"msg": sprintf("%s.x does not set %s", [kind, attribute]), "path": ["spec", attribute]}
		}
		_found(kind, _all(attributes, true)) == set()
		_found(kind, _all(attributes, samples.reference)) == set()
	}
}

test_redshift_says_so if {
	_found("aws_redshift_cluster", {}) == set()
	_found("aws_redshift_cluster", {"encrypted": "false"}) == {{
		"msg": "aws_redshift_cluster.x does not set encrypted",
		"path": ["spec", "encrypted"],
	}}
}

test_defaults_of_engines if {
	_found("aws_elasticache_replication_group", {"engine": "valkey"}) == set()
	count(_found("aws_elasticache_replication_group", {"engine": "redis"})) == 1
	count(_found("aws_elasticache_replication_group", {"engine": "valkey", "at_rest_encryption_enabled": false})) == 1
	_found("aws_rds_cluster", {"engine_mode": "serverless"}) == set()
	count(_found("aws_rds_cluster", {"engine_mode": "provisioned"})) == 1
}

test_as_the_source if {
	every field in ["replicate_source_db", "snapshot_identifier", "source_db_cluster_identifier", "global_replication_group_id"] {
		_found("aws_db_instance", {field: samples.reference}) == set()
		count(_found("aws_db_instance", {field: ""})) == 1
		count(_found("aws_db_instance", {field: samples.reference, "storage_encrypted": false})) == 1
	}
}

test_blocks_of_other_kinds_are_none if {
	_found("aws_opensearch_domain", {"encrypt_at_rest": [{"enabled": true}], "server_side_encryption": [{}]}) == set()
}

test_blocks if {
	every kind, block in {"aws_opensearch_domain": "encrypt_at_rest", "aws_elasticsearch_domain": "encrypt_at_rest", "aws_dax_cluster": "server_side_encryption"} {
		_found(kind, {}) == {{"msg": sprintf("%s.x has no %s", [kind, block]), "path": ["spec"]}}
		count(_found(kind, {block: []})) == 1
		_found(kind, {block: [{"enabled": true}]}) == set()
		_found(kind, {block: [{"enabled": false}]}) == {{
			"msg": sprintf("%s.x does not enable %s", [kind, block]),
			"path": ["spec", block, 0, "enabled"],
		}}
		_found(kind, {block: [{}]}) == {{
			"msg": sprintf("%s.x does not enable %s", [kind, block]),
			"path": ["spec", block, 0],
		}}
	}
}
