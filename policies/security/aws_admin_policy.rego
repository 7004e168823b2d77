# METADATA
# title: Policies that allow everything
# description: |
#   A policy of users, groups or roles that allows all actions ("*" or "*:*") on
#   all resources. Statements with principals, which are of a resource's own
#   policy, are not meant. CIS AWS Foundations Benchmark 3.0.0, section 1.16.
# custom:
#   id: security/aws-admin-policy
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-aws/1.16]
#   remediation: >-
#     Name the actions that are used, and the resources that they are used on.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_policy
#     - terraform/aws_iam_role_policy
#     - terraform/aws_iam_user_policy
#     - terraform/aws_iam_group_policy
#     - terraform/aws_iam_role
#     - terraform/aws_ssoadmin_permission_set_inline_policy
#     - terraform/data.aws_iam_policy_document
package holdfast.security.aws_admin_policy

import data.holdfast.lib.aws
import data.holdfast.lib.iam

deny contains {"msg": msg, "path": grant.path} if {
	some grant in iam.grants
	some action in grant.actions
	action in {"*", "*:*"}
	"*" in grant.resources
	count(grant.conditions) == 0
	msg := sprintf("%s of %s allows every action on every resource", [grant.label, aws.title])
}
