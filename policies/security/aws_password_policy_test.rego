package holdfast.security.aws_password_policy_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_password_policy

_found(kind, spec) := found if {
	found := aws_password_policy.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length   = 14
  password_reuse_prevention = 24
}`

bad_example := `resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length   = 8
  password_reuse_prevention = 24
}`

_params := {"aws_min_password_length": 14, "aws_min_passwords_remembered": 24}

_of(length, remembered) := {"minimum_password_length": length, "password_reuse_prevention": remembered}

test_weak_ones_are_found if {
	_found("aws_iam_account_password_policy", {}) == {
		{"msg": "aws_iam_account_password_policy.x allows passwords of 8 characters, below 14", "path": ["spec"]},
		{"msg": "aws_iam_account_password_policy.x keeps 0 passwords from being used again, below 24", "path": ["spec"]},
	}
	_found("aws_iam_account_password_policy", _of(13, 24)) == {{
		"msg": "aws_iam_account_password_policy.x allows passwords of 13 characters, below 14",
		"path": ["spec", "minimum_password_length"],
	}}
	_found("aws_iam_account_password_policy", _of(14, "23")) == {{
		"msg": "aws_iam_account_password_policy.x keeps 23 passwords from being used again, below 24",
		"path": ["spec", "password_reuse_prevention"],
	}}
}

test_strong_ones_pass if {
	_found("aws_iam_account_password_policy", _of(14, 24)) == set()
	_found("aws_iam_account_password_policy", _of(20, samples.reference)) == set()
}
