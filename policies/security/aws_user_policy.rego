# METADATA
# title: Rights given to a user by name
# description: |
#   Policies that are attached to a user, or written into one, outlive the user's
#   task; rights come through groups and roles. CIS AWS Foundations Benchmark
#   3.0.0, section 1.15.
# custom:
#   id: security/aws-user-policy
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-aws/1.15]
#   remediation: >-
#     Attach the policy to a group or a role, and make the user a member, or better let people in
#     through IAM Identity Center.
#   scope: resource
#   kinds:
#     - terraform/aws_iam_user_policy
#     - terraform/aws_iam_user_policy_attachment
#     - terraform/aws_iam_policy_attachment
package holdfast.security.aws_user_policy

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "user"]} if {
	input.resource.spec.user
	msg := sprintf("%s gives rights to a user", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "users"]} if {
	aws.present(input.resource.spec.users)
	msg := sprintf("%s gives rights to users", [aws.title])
}
