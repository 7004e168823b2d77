# METADATA
# title: AdministratorAccess by name
# description: |
#   The managed policies AdministratorAccess, IAMFullAccess and PowerUserAccess
#   attached to a user, a group or a role. AWS Security Hub IAM.1 and the IAM
#   User Guide, "Security best practices".
# custom:
#   id: security/aws-administrator-access
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Attach a policy that names what is used; keep administration for a role that people assume with
#     a second factor.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_role_policy_attachment
#     - terraform/aws_iam_user_policy_attachment
#     - terraform/aws_iam_group_policy_attachment
#     - terraform/aws_iam_policy_attachment
#     - terraform/aws_iam_role
#   params:
#     aws_administrative_policies: [AdministratorAccess, IAMFullAccess, PowerUserAccess]
package holdfast.security.aws_administrator_access

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "policy_arn"]} if {
	some name in _administrative(input.resource.spec.policy_arn)
	msg := sprintf("%s gives %s", [aws.title, name])
}

warn contains {"msg": msg, "path": ["spec", "managed_policy_arns", i]} if {
	some i, arn in input.resource.spec.managed_policy_arns
	some name in _administrative(arn)
	msg := sprintf("%s has %s", [aws.title, name])
}

_administrative(arn) := {name |
	some name in data.holdfast.params.aws_administrative_policies
	endswith(arn, sprintf(":iam::aws:policy/%s", [name]))
} if {
	is_string(arn)
}
