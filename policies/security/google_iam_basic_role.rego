# METADATA
# title: Basic roles for whole projects
# description: |
#   Owner and Editor of a project, folder or organization hold thousands of
#   permissions, those to change IAM or to use each service account among them.
#   Google advises against them in production. Google Cloud documentation,
#   "Basic roles".
# custom:
#   id: security/google-iam-basic-role
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Grant predefined roles for the services in question.
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
package holdfast.security.google_iam_basic_role

import data.holdfast.lib.attributes
import data.holdfast.lib.grants

deny contains {"msg": msg, "path": grant.path} if {
	some grant in grants.roles
	grant.role in {"roles/owner", "roles/editor"}
	msg := sprintf("%s gives the basic role %s", [attributes.title, grant.role])
}
