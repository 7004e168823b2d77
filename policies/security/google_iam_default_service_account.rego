# METADATA
# title: Grants to default service accounts
# description: |
#   The default service accounts of Compute Engine and App Engine are used by
#   every machine that names no other one, so that a grant to them is a grant to
#   all of those. Google Cloud documentation, "Best practices for using service
#   accounts".
# custom:
#   id: security/google-iam-default-service-account
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Make a service account for the workload, and grant the role to it.
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
package holdfast.security.google_iam_default_service_account

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.all
	regex.match(_default, grant.member)
	msg := sprintf("%s gives %s to a default service account", [attributes.title, grant.role])
}

_default := concat("|", [
	`^(?:serviceAccount:)?[0-9a-z-]+-compute@developer\.gserviceaccount\.com$`,
	`@appspot\.gserviceaccount\.com$`,
	`(?:compute|app_engine)_default_service_account\.`,
	`^serviceAccount:\$\{[^}]*\}-compute@developer\.gserviceaccount\.com$`,
])
