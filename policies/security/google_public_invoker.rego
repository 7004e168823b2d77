# METADATA
# title: Functions and services that anyone may call
# description: |
#   A function or a Cloud Run service whose invoker is allUsers answers the
#   whole Internet. For a web site that is the purpose; for anything else it is
#   a fault. Google Cloud documentation, "Allowing public (unauthenticated)
#   access".
# custom:
#   id: security/google-public-invoker
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Grant the role to the service accounts of the callers, or put Identity-Aware Proxy before the
#     service.
#   scope: resource
#   kinds:
#     - terraform/google_cloud_run_service_iam_member
#     - terraform/google_cloud_run_service_iam_binding
#     - terraform/google_cloud_run_service_iam_policy
#     - terraform/google_cloud_run_v2_service_iam_member
#     - terraform/google_cloud_run_v2_service_iam_binding
#     - terraform/google_cloud_run_v2_service_iam_policy
#     - terraform/google_cloud_run_v2_job_iam_member
#     - terraform/google_cloud_run_v2_job_iam_binding
#     - terraform/google_cloud_run_v2_job_iam_policy
#     - terraform/google_cloudfunctions_function_iam_member
#     - terraform/google_cloudfunctions_function_iam_binding
#     - terraform/google_cloudfunctions_function_iam_policy
#     - terraform/google_cloudfunctions2_function_iam_member
#     - terraform/google_cloudfunctions2_function_iam_binding
#     - terraform/google_cloudfunctions2_function_iam_policy
package holdfast.security.google_public_invoker

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

warn contains {"msg": msg, "path": grant.path} if {
	some grant in grants.all
	grants.everyone(grant)
	msg := sprintf("%s gives %s to %s", [attributes.title, grant.role, grant.member])
}
