# METADATA
# title: Passwords for the console of one kind of character
# description: |
#   The account's password policy asks for lowercase and uppercase letters,
#   numbers and symbols, and for a new password every 90 days, only where it says
#   so. Earlier editions of the CIS AWS Foundations Benchmark (1.2.0, sections
#   1.5 to 1.8 and 1.11) ask for it; NIST SP 800-63B advises against it, which is
#   why the rule is a strict one.
# custom:
#   id: security/aws-password-complexity
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set require_lowercase_characters, require_uppercase_characters, require_numbers and
#     require_symbols to true, and max_password_age to 90 or less.
#   scope: resource
#   kinds: [terraform/aws_iam_account_password_policy]
#   params:
#     aws_max_password_days: 90
package holdfast.security.aws_password_complexity

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	some switch in ["require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols"]
	not aws.on(aws.get(_spec, switch))
	msg := sprintf("%s does not set %s", [aws.title, switch])
	path := aws.path(["spec"], _spec, switch)
}

warn contains {"msg": msg, "path": path} if {
	_old(aws.get(_spec, "max_password_age"))
	msg := sprintf("%s lets passwords grow older than %d days", [aws.title, data.holdfast.params.aws_max_password_days])
	path := aws.path(["spec"], _spec, "max_password_age")
}

_old(null) := true

_old(days) if aws.number(days) == 0

_old(days) if aws.number(days) > data.holdfast.params.aws_max_password_days

_spec["require_lowercase_characters"] := input.resource.spec.require_lowercase_characters

_spec["require_uppercase_characters"] := input.resource.spec.require_uppercase_characters

_spec["require_numbers"] := input.resource.spec.require_numbers

_spec["require_symbols"] := input.resource.spec.require_symbols

_spec["max_password_age"] := input.resource.spec.max_password_age
