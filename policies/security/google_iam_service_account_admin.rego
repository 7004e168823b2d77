# METADATA
# title: Service accounts with the rights of administrators
# description: |
#   Whoever gets hold of a service account that is an administrator, by a
#   machine, a build or a key, administers the project. CIS Google Cloud
#   Platform Foundation Benchmark 2.0.0, 1.5.
# custom:
#   id: security/google-iam-service-account-admin
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/1.5]
#   remediation: >-
#     Grant the narrower roles that the workload needs.
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
package holdfast.security.google_iam_service_account_admin

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

warn contains {"msg": msg, "path": grant.role_path} if {
	some grant in grants.all
	startswith(grant.member, "serviceAccount:")
	regex.match(`^roles/[A-Za-z.]+[aA]dmin$`, grant.role)
	msg := sprintf("%s gives %s to %s", [attributes.title, grant.role, grant.member])
}
