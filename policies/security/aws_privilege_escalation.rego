# METADATA
# title: Policies that let their holders become anybody
# description: |
#   A policy of users, groups or roles that allows, on all resources and under no
#   condition, actions by which its holder gets other rights, such as
#   iam:PassRole, iam:AttachRolePolicy, iam:CreateAccessKey or sts:AssumeRole. A
#   wildcard (iam:*) counts as what it stands for. AWS IAM User Guide, "Grant a
#   user permissions to pass a role to an AWS service"; the actions are those of
#   the parameter aws_escalating_actions.
# custom:
#   id: security/aws-privilege-escalation
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Name the roles in resources, or bind the action by a condition such as iam:PassedToService or
#     iam:PermissionsBoundary.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_policy
#     - terraform/aws_iam_role_policy
#     - terraform/aws_iam_user_policy
#     - terraform/aws_iam_group_policy
#     - terraform/aws_iam_role
#     - terraform/aws_ssoadmin_permission_set_inline_policy
#     - terraform/data.aws_iam_policy_document
#   params:
#     aws_escalating_actions:
#       - iam:AddUserToGroup
#       - iam:AttachGroupPolicy
#       - iam:AttachRolePolicy
#       - iam:AttachUserPolicy
#       - iam:CreateAccessKey
#       - iam:CreateLoginProfile
#       - iam:CreatePolicyVersion
#       - iam:PassRole
#       - iam:PutGroupPolicy
#       - iam:PutRolePolicy
#       - iam:PutUserPolicy
#       - iam:SetDefaultPolicyVersion
#       - iam:UpdateAssumeRolePolicy
#       - iam:UpdateLoginProfile
#       - sts:AssumeRole
package holdfast.security.aws_privilege_escalation

import data.holdfast.lib.aws
import data.holdfast.lib.iam

deny contains {"msg": msg, "path": grant.path} if {
	some grant in iam.grants
	"*" in grant.resources
	count(grant.conditions) == 0
	allowed := {action |
		some action in grant.actions
		not action in {"*", "*:*"}
		_escalates(action)
	}
	count(allowed) > 0
	msg := sprintf("%s of %s allows %s on every resource", [grant.label, aws.title, concat(", ", allowed)])
}

_escalates(action) if {
	some escalating in data.holdfast.params.aws_escalating_actions
	regex.match(`^[A-Za-z0-9:*?_-]+$`, action)
	glob.match(lower(action), [], lower(escalating))
}
