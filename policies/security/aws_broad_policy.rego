# METADATA
# title: Policies that allow all of a service
# description: |
#   A policy of users, groups or roles that allows every action of a service
#   (s3:*) on all resources under no condition. What security/aws-admin-policy
#   and security/aws-privilege-escalation report is not reported again. AWS IAM
#   User Guide, "Security best practices", least privilege.
# custom:
#   id: security/aws-broad-policy
#   category: security
#   severity: medium
#   profile: recommended
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
package holdfast.security.aws_broad_policy

import data.holdfast.lib.aws
import data.holdfast.lib.iam

warn contains {"msg": msg, "path": grant.path} if {
	some grant in iam.grants
	"*" in grant.resources
	count(grant.conditions) == 0
	services := {action |
		some action in grant.actions
		regex.match(`^[a-z0-9-]+:\*$`, action)
		not action in {"iam:*", "sts:*"}
	}
	count(services) > 0
	msg := sprintf("%s of %s allows %s on every resource", [grant.label, aws.title, concat(", ", services)])
}
