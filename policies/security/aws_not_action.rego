# METADATA
# title: Policies that allow all but some actions
# description: |
#   Allow with NotAction allows whatever is not named, also what AWS adds later.
#   A condition does not mend it where it is on all resources. AWS IAM User
#   Guide, "AWS JSON policy elements: NotAction".
# custom:
#   id: security/aws-not-action
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Name the actions that are used, or deny those that are not to be.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_policy
#     - terraform/aws_iam_role_policy
#     - terraform/aws_iam_user_policy
#     - terraform/aws_iam_group_policy
#     - terraform/aws_iam_role
#     - terraform/aws_ssoadmin_permission_set_inline_policy
#     - terraform/data.aws_iam_policy_document
package holdfast.security.aws_not_action

import data.holdfast.lib.aws
import data.holdfast.lib.iam

deny contains {"msg": msg, "path": grant.path} if {
	some grant in iam.grants
	count(grant.not_actions) > 0
	msg := sprintf("%s of %s allows all actions but %s", [grant.label, aws.title, concat(", ", sort(grant.not_actions))])
}
