# METADATA
# title: Accounts that may act as every service account
# description: |
#   Service Account User and Token Creator of a project or more let their holder
#   act as each service account in it, and so with the rights of the mightiest.
#   CIS Google Cloud Platform Foundation Benchmark 2.0.0, 1.6.
# custom:
#   id: security/google-iam-impersonation
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-gcp/1.6]
#   remediation: >-
#     Grant the role on the service account in question, by google_service_account_iam_member.
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
package holdfast.security.google_iam_impersonation

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.roles
	grant.role in {
		"roles/iam.serviceAccountUser",
		"roles/iam.serviceAccountTokenCreator",
		"roles/iam.serviceAccountKeyAdmin",
		"roles/iam.workloadIdentityUser",
	}
	msg := sprintf("%s lets its members act as every service account: %s", [attributes.title, grant.role])
}
