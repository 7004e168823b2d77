# METADATA
# title: Managed machines of Google Cloud with public addresses
# description: |
#   The machines of Dataproc, Dataflow, Composer, Data Fusion, Workbench and
#   private pools of Cloud Build have external addresses unless their
#   configuration says otherwise. Google Cloud documentation of these services,
#   "private IP" and "internal IP".
# custom:
#   id: security/google-managed-public-ip
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Restrict the machines to internal addresses by the attribute that the finding names.
#   scope: resource
#   kinds:
#     - terraform/google_dataproc_cluster
#     - terraform/google_dataflow_job
#     - terraform/google_composer_environment
#     - terraform/google_data_fusion_instance
#     - terraform/google_notebooks_instance
#     - terraform/google_cloudbuild_worker_pool
package holdfast.security.google_managed_public_ip

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	attribute := _attributes[input.resource.kind]
	not _private
	msg := sprintf("%s has machines with public addresses, as far as %s says", [attributes.title, attribute])
}

_attributes := {
	"google_dataproc_cluster": "cluster_config.gce_cluster_config.internal_ip_only",
	"google_dataflow_job": "ip_configuration",
	"google_composer_environment": "config.private_environment_config",
	"google_data_fusion_instance": "private_instance",
	"google_notebooks_instance": "no_public_ip",
	"google_cloudbuild_worker_pool": "worker_config.no_external_ip",
}

_private if attributes.maybe_on(input.resource.spec.cluster_config[0].gce_cluster_config[0].internal_ip_only)

_private if input.resource.spec.ip_configuration != "WORKER_IP_PUBLIC"

_private if input.resource.spec.config[0].private_environment_config[0]

_private if attributes.maybe_on(input.resource.spec.config[0].enable_private_environment)

_private if attributes.maybe_on(input.resource.spec.private_instance)

_private if attributes.maybe_on(input.resource.spec.no_public_ip)

_private if attributes.maybe_on(input.resource.spec.worker_config[0].no_external_ip)

# Dataproc on GKE has no machines of its own.
_private if input.resource.spec.virtual_cluster_config[0]
