# METADATA
# title: Resources of Google Cloud that everyone is given
# description: |
#   A grant to allUsers or allAuthenticatedUsers gives a key, a topic, a data
#   set, a registry or a whole project to the whole Internet: any Google account
#   will do for the latter. CIS Google Cloud Platform Foundation Benchmark
#   2.0.0, 1.9 and 7.1.
# custom:
#   id: security/google-public-grant
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-gcp/1.9, cis-gcp/7.1]
#   remediation: >-
#     Grant the role to named accounts, groups or service accounts.
#   scope: resource
#   kinds:
#     - terraform/google_project_iam_member
#     - terraform/google_project_iam_binding
#     - terraform/google_project_iam_policy
#     - terraform/google_folder_iam_member
#     - terraform/google_folder_iam_binding
#     - terraform/google_folder_iam_policy
#     - terraform/google_organization_iam_member
#     - terraform/google_organization_iam_binding
#     - terraform/google_organization_iam_policy
#     - terraform/google_service_account_iam_member
#     - terraform/google_service_account_iam_binding
#     - terraform/google_service_account_iam_policy
#     - terraform/google_kms_crypto_key_iam_member
#     - terraform/google_kms_crypto_key_iam_binding
#     - terraform/google_kms_crypto_key_iam_policy
#     - terraform/google_kms_key_ring_iam_member
#     - terraform/google_kms_key_ring_iam_binding
#     - terraform/google_kms_key_ring_iam_policy
#     - terraform/google_pubsub_topic_iam_member
#     - terraform/google_pubsub_topic_iam_binding
#     - terraform/google_pubsub_topic_iam_policy
#     - terraform/google_pubsub_subscription_iam_member
#     - terraform/google_pubsub_subscription_iam_binding
#     - terraform/google_pubsub_subscription_iam_policy
#     - terraform/google_bigquery_dataset_iam_member
#     - terraform/google_bigquery_dataset_iam_binding
#     - terraform/google_bigquery_dataset_iam_policy
#     - terraform/google_bigquery_table_iam_member
#     - terraform/google_bigquery_table_iam_binding
#     - terraform/google_bigquery_table_iam_policy
#     - terraform/google_artifact_registry_repository_iam_member
#     - terraform/google_artifact_registry_repository_iam_binding
#     - terraform/google_artifact_registry_repository_iam_policy
#     - terraform/google_secret_manager_secret_iam_member
#     - terraform/google_secret_manager_secret_iam_binding
#     - terraform/google_secret_manager_secret_iam_policy
#     - terraform/google_compute_instance_iam_member
#     - terraform/google_compute_instance_iam_binding
#     - terraform/google_compute_instance_iam_policy
#     - terraform/google_compute_image_iam_member
#     - terraform/google_compute_image_iam_binding
#     - terraform/google_compute_image_iam_policy
#     - terraform/google_compute_disk_iam_member
#     - terraform/google_compute_disk_iam_binding
#     - terraform/google_compute_disk_iam_policy
#     - terraform/google_compute_subnetwork_iam_member
#     - terraform/google_compute_subnetwork_iam_binding
#     - terraform/google_compute_subnetwork_iam_policy
#     - terraform/google_dataproc_cluster_iam_member
#     - terraform/google_dataproc_cluster_iam_binding
#     - terraform/google_dataproc_cluster_iam_policy
#     - terraform/google_dataproc_job_iam_member
#     - terraform/google_dataproc_job_iam_binding
#     - terraform/google_dataproc_job_iam_policy
#     - terraform/google_dataflow_job_iam_member
#     - terraform/google_dataflow_job_iam_binding
#     - terraform/google_dataflow_job_iam_policy
#     - terraform/google_spanner_instance_iam_member
#     - terraform/google_spanner_instance_iam_binding
#     - terraform/google_spanner_instance_iam_policy
#     - terraform/google_spanner_database_iam_member
#     - terraform/google_spanner_database_iam_binding
#     - terraform/google_spanner_database_iam_policy
#     - terraform/google_bigtable_instance_iam_member
#     - terraform/google_bigtable_instance_iam_binding
#     - terraform/google_bigtable_instance_iam_policy
#     - terraform/google_bigtable_table_iam_member
#     - terraform/google_bigtable_table_iam_binding
#     - terraform/google_bigtable_table_iam_policy
#     - terraform/google_sourcerepo_repository_iam_member
#     - terraform/google_sourcerepo_repository_iam_binding
#     - terraform/google_sourcerepo_repository_iam_policy
#     - terraform/google_healthcare_dataset_iam_member
#     - terraform/google_healthcare_dataset_iam_binding
#     - terraform/google_healthcare_dataset_iam_policy
#     - terraform/google_healthcare_fhir_store_iam_member
#     - terraform/google_healthcare_fhir_store_iam_binding
#     - terraform/google_healthcare_fhir_store_iam_policy
#     - terraform/google_healthcare_dicom_store_iam_member
#     - terraform/google_healthcare_dicom_store_iam_binding
#     - terraform/google_healthcare_dicom_store_iam_policy
#     - terraform/google_dns_managed_zone_iam_member
#     - terraform/google_dns_managed_zone_iam_binding
#     - terraform/google_dns_managed_zone_iam_policy
#     - terraform/google_notebooks_instance_iam_member
#     - terraform/google_notebooks_instance_iam_binding
#     - terraform/google_notebooks_instance_iam_policy
#     - terraform/google_cloud_tasks_queue_iam_member
#     - terraform/google_cloud_tasks_queue_iam_binding
#     - terraform/google_cloud_tasks_queue_iam_policy
#     - terraform/google_privateca_ca_pool_iam_member
#     - terraform/google_privateca_ca_pool_iam_binding
#     - terraform/google_privateca_ca_pool_iam_policy
#     - terraform/google_bigquery_dataset
#     - terraform/google_bigquery_dataset_access
package holdfast.security.google_public_grant

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.all
	grants.everyone(grant)
	msg := sprintf("%s gives %s to %s", [attributes.title, grant.role, grant.member])
}

# A data set has its access in itself, or in resources of its own.
deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some [path, who] in _accesses
	who in {"allUsers", "allAuthenticatedUsers"}
	msg := sprintf("%s gives access to %s", [attributes.title, who])
}

_accesses contains [["access", i, "special_group"], who] if who := input.resource.spec.access[i].special_group

_accesses contains [["access", i, "iam_member"], who] if who := input.resource.spec.access[i].iam_member

_accesses contains [["special_group"], input.resource.spec.special_group]

_accesses contains [["iam_member"], input.resource.spec.iam_member]
