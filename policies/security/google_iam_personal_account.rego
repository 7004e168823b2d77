# METADATA
# title: Grants to personal accounts
# description: |
#   An account at gmail.com or its like belongs to a person: it cannot be
#   closed, checked or given a second factor by the organization. CIS Google
#   Cloud Platform Foundation Benchmark 2.0.0, 1.1.
# custom:
#   id: security/google-iam-personal-account
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/1.1]
#   remediation: >-
#     Grant the role to a group or an account of the organization.
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
package holdfast.security.google_iam_personal_account

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.all
	regex.match(`(?i)^(?:user|group):.*@(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud)\.com$`, grant.member)
	msg := sprintf("%s gives %s to the personal account %s", [attributes.title, grant.role, grant.member])
}
