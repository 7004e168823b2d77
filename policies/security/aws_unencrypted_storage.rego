# METADATA
# title: Databases and file systems that are not encrypted
# description: |
#   Storage of databases, caches, search domains, desktops and file systems that
#   is not encrypted at rest. By the provider's defaults it is not unless the
#   code says so, but for Redshift, Valkey and Aurora Serverless v1, where only
#   an explicit false counts. Read replicas and what is restored from a snapshot
#   are as their source. CIS AWS Foundations Benchmark 3.0.0, sections 2.3.1 and
#   2.4.1.
# custom:
#   id: security/aws-unencrypted-storage
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-aws/2.3.1, cis-aws/2.4.1]
#   remediation: >-
#     Turn encryption on (storage_encrypted, encrypted, at_rest_encryption_enabled, encrypt_at_rest);
#     most services need a new instance for it, restored from an encrypted copy of a snapshot.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_rds_global_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_neptune_cluster
#     - terraform/aws_redshift_cluster
#     - terraform/aws_efs_file_system
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_dax_cluster
#     - terraform/aws_workspaces_workspace
package holdfast.security.aws_unencrypted_storage

import data.holdfast.lib.aws

_attributes := {
	"aws_db_instance": ["storage_encrypted"],
	"aws_rds_cluster": ["storage_encrypted"],
	"aws_rds_global_cluster": ["storage_encrypted"],
	"aws_docdb_cluster": ["storage_encrypted"],
	"aws_neptune_cluster": ["storage_encrypted"],
	"aws_redshift_cluster": ["encrypted"],
	"aws_efs_file_system": ["encrypted"],
	"aws_elasticache_replication_group": ["at_rest_encryption_enabled"],
	"aws_workspaces_workspace": ["root_volume_encryption_enabled", "user_volume_encryption_enabled"],
}

_blocks := {
	"aws_opensearch_domain": "encrypt_at_rest",
	"aws_elasticsearch_domain": "encrypt_at_rest",
	"aws_dax_cluster": "server_side_encryption",
}

deny contains {"msg": msg, "path": path} if {
	some attribute in _attributes[input.resource.kind]
	_plain(aws.get(_spec, attribute))
	msg := sprintf("%s does not set %s", [aws.title, attribute])
	path := aws.path(["spec"], _spec, attribute)
}

deny contains {"msg": msg, "path": ["spec"]} if {
	name := _blocks[input.resource.kind]
	not aws.present(aws.get(_spec, name))
	msg := sprintf("%s has no %s", [aws.title, name])
}

deny contains {"msg": msg, "path": path} if {
	some name in [_blocks[input.resource.kind]]
	some i, block in _spec[name]
	not aws.on(aws.get(block, "enabled"))
	msg := sprintf("%s does not enable %s", [aws.title, name])
	path := aws.path(["spec", name, i], block, "enabled")
}

_plain(value) if aws.off(value)

_plain(value) if {
	not aws.on(value)
	not _decided_elsewhere
}

_decided_elsewhere if input.resource.kind == "aws_redshift_cluster"

_decided_elsewhere if input.resource.spec.engine == "valkey"

_decided_elsewhere if input.resource.spec.engine_mode == "serverless"

_decided_elsewhere if {
	some field in ["replicate_source_db", "snapshot_identifier", "source_db_cluster_identifier", "global_replication_group_id"]
	aws.present(aws.get(_sources, field))
}

_sources["replicate_source_db"] := input.resource.spec.replicate_source_db

_sources["snapshot_identifier"] := input.resource.spec.snapshot_identifier

_sources["source_db_cluster_identifier"] := input.resource.spec.source_db_cluster_identifier

_sources["global_replication_group_id"] := input.resource.spec.global_replication_group_id

_spec["storage_encrypted"] := input.resource.spec.storage_encrypted

_spec["encrypted"] := input.resource.spec.encrypted

_spec["at_rest_encryption_enabled"] := input.resource.spec.at_rest_encryption_enabled

_spec["root_volume_encryption_enabled"] := input.resource.spec.root_volume_encryption_enabled

_spec["user_volume_encryption_enabled"] := input.resource.spec.user_volume_encryption_enabled

_spec["encrypt_at_rest"] := input.resource.spec.encrypt_at_rest

_spec["server_side_encryption"] := input.resource.spec.server_side_encryption
