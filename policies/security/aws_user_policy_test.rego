package holdfast.security.aws_user_policy_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_user_policy

_found(kind, spec) := found if {
	found := aws_user_policy.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_iam_group_policy_attachment" "ops" {
  group      = "ops"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}`

bad_example := `resource "aws_iam_user_policy_attachment" "ops" {
  user       = "alice"
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}`

test_users_are_found if {
	_found("aws_iam_user_policy_attachment", {"user": samples.reference}) == {{
		"msg": "aws_iam_user_policy_attachment.x gives rights to a user",
		"path": ["spec", "user"],
	}}
	_found("aws_iam_policy_attachment", {"users": ["alice"], "roles": ["ops"]}) == {{
		"msg": "aws_iam_policy_attachment.x gives rights to users",
		"path": ["spec", "users"],
	}}
}

test_others_pass if {
	_found("aws_iam_policy_attachment", {"groups": ["ops"]}) == set()
	_found("aws_iam_policy_attachment", {"users": [], "groups": ["ops"]}) == set()
}
