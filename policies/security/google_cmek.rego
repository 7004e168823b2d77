# METADATA
# title: Data of Google Cloud under keys of Google
# description: |
#   Google encrypts everything at rest with keys of its own. With a key of Cloud
#   KMS its owner can withdraw it, see who used it and choose where it lives.
#   Google Cloud documentation, "Customer-managed encryption keys".
# custom:
#   id: security/google-cmek
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set the attribute that the finding names to a key of Cloud KMS.
#   scope: resource
#   kinds:
#     - terraform/google_storage_bucket
#     - terraform/google_bigquery_dataset
#     - terraform/google_bigquery_table
#     - terraform/google_pubsub_topic
#     - terraform/google_compute_disk
#     - terraform/google_sql_database_instance
#     - terraform/google_spanner_database
#     - terraform/google_bigtable_instance
#     - terraform/google_artifact_registry_repository
#     - terraform/google_dataproc_cluster
#     - terraform/google_filestore_instance
#     - terraform/google_redis_instance
package holdfast.security.google_cmek

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	attribute := _attributes[input.resource.kind]
	not _has_key
	msg := sprintf("%s is without a key of its owner: %s is not set", [attributes.title, attribute])
}

_attributes := {
	"google_storage_bucket": "encryption.default_kms_key_name",
	"google_bigquery_dataset": "default_encryption_configuration.kms_key_name",
	"google_bigquery_table": "encryption_configuration.kms_key_name",
	"google_pubsub_topic": "kms_key_name",
	"google_compute_disk": "disk_encryption_key.kms_key_self_link",
	"google_sql_database_instance": "encryption_key_name",
	"google_spanner_database": "encryption_config.kms_key_name",
	"google_bigtable_instance": "cluster.kms_key_name",
	"google_artifact_registry_repository": "kms_key_name",
	"google_dataproc_cluster": "cluster_config.encryption_config.kms_key_name",
	"google_filestore_instance": "kms_key_name",
	"google_redis_instance": "customer_managed_key",
}

_has_key if input.resource.spec.encryption[0].default_kms_key_name

_has_key if input.resource.spec.default_encryption_configuration[0].kms_key_name

_has_key if input.resource.spec.encryption_configuration[0].kms_key_name

_has_key if input.resource.spec.kms_key_name

_has_key if input.resource.spec.disk_encryption_key[0].kms_key_self_link

# A key that its owner supplies with each request.
_has_key if input.resource.spec.disk_encryption_key[0].raw_key

_has_key if input.resource.spec.encryption_key_name

_has_key if input.resource.spec.encryption_config[0].kms_key_name

_has_key if input.resource.spec.encryption_config[0].kms_key_names[0]

_has_key if {
	clusters := input.resource.spec.cluster
	_ := clusters[0]
	every cluster in clusters {
		cluster.kms_key_name
	}
}

_has_key if input.resource.spec.cluster_config[0].encryption_config[0].kms_key_name

_has_key if input.resource.spec.customer_managed_key
