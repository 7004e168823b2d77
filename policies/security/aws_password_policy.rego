# METADATA
# title: Weak passwords for the console
# description: |
#   The account's password policy must ask for 14 characters and keep the last 24
#   passwords from being used again. The provider's defaults are 8 characters,
#   and none. CIS AWS Foundations Benchmark 3.0.0, sections 1.8 and 1.9.
# custom:
#   id: security/aws-password-policy
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/1.8, cis-aws/1.9]
#   remediation: >-
#     Set minimum_password_length to 14 or more and password_reuse_prevention to 24.
#   scope: resource
#   kinds: [terraform/aws_iam_account_password_policy]
#   params:
#     aws_min_password_length: 14
#     aws_min_passwords_remembered: 24
package holdfast.security.aws_password_policy

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	length := _set("minimum_password_length", 8)
	length < data.holdfast.params.aws_min_password_length
	msg := sprintf("%s allows passwords of %d characters, below %d", [aws.title, length, data.holdfast.params.aws_min_password_length])
	path := aws.path(["spec"], _spec, "minimum_password_length")
}

deny contains {"msg": msg, "path": path} if {
	remembered := _set("password_reuse_prevention", 0)
	remembered < data.holdfast.params.aws_min_passwords_remembered
	msg := sprintf("%s keeps %d passwords from being used again, below %d", [aws.title, remembered, data.holdfast.params.aws_min_passwords_remembered])
	path := aws.path(["spec"], _spec, "password_reuse_prevention")
}

_set(field, _) := aws.number(_spec[field])

_set(field, preset) := preset if aws.get(_spec, field) == null

_spec["minimum_password_length"] := input.resource.spec.minimum_password_length

_spec["password_reuse_prevention"] := input.resource.spec.password_reuse_prevention
