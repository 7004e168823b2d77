package holdfast.security.aws_password_complexity_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_password_complexity

_found(kind, spec) := found if {
	found := aws_password_complexity.warn with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_iam_account_password_policy" "strict" {
  require_lowercase_characters = true
  require_uppercase_characters = true
  require_numbers              = true
  require_symbols              = true
  max_password_age             = 90
}`

bad_example := `resource "aws_iam_account_password_policy" "strict" {
  require_lowercase_characters = true
}`

_params := {"aws_max_password_days": 90}

_strict := {
	"require_lowercase_characters": true,
	"require_uppercase_characters": true,
	"require_numbers": true,
	"require_symbols": true,
	"max_password_age": 90,
}

test_switches if {
	_found("aws_iam_account_password_policy", _strict) == set()
	every switch in ["require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols"] {
		_found("aws_iam_account_password_policy", object.union(_strict, {switch: false})) == {{
			"msg": sprintf("aws_iam_account_password_policy.x does not set %s", [switch]),
			"path": ["spec", switch],
		}}
		_found("aws_iam_account_password_policy", object.remove(_strict, [switch])) == {{
			"msg": sprintf("aws_iam_account_password_policy.x does not set %s", [switch]),
			"path": ["spec"],
		}}
	}
}

test_age if {
	every days in [91, 0] {
		_found("aws_iam_account_password_policy", object.union(_strict, {"max_password_age": days})) == {{
			"msg": "aws_iam_account_password_policy.x lets passwords grow older than 90 days",
			"path": ["spec", "max_password_age"],
		}}
	}
	count(_found("aws_iam_account_password_policy", object.remove(_strict, ["max_password_age"]))) == 1
	_found("aws_iam_account_password_policy", object.union(_strict, {"max_password_age": samples.reference})) == set()
	_found("aws_iam_account_password_policy", object.union(_strict, {"max_password_age": 1})) == set()
}
