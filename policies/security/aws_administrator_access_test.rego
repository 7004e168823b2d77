package holdfast.security.aws_administrator_access_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_administrator_access

_found(kind, spec) := found if {
	found := aws_administrator_access.warn with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_iam_role_policy_attachment" "audit" {
  role       = "audit"
  policy_arn = "arn:aws:iam::aws:policy/SecurityAudit"
}`

bad_example := `resource "aws_iam_role_policy_attachment" "audit" {
  role       = "audit"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}`

_params := {"aws_administrative_policies": ["AdministratorAccess", "IAMFullAccess"]}

test_administration_is_found if {
	_found("aws_iam_user_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}) == {{
		"msg": "aws_iam_user_policy_attachment.x gives AdministratorAccess",
		"path": ["spec", "policy_arn"],
	}}
	_found("aws_iam_role", {"managed_policy_arns": [7, "arn:aws-cn:iam::aws:policy/IAMFullAccess"]}) == {{
		"msg": "aws_iam_role.x has IAMFullAccess",
		"path": ["spec", "managed_policy_arns", 1],
	}}
}

test_others_pass if {
	every arn in ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/AdministratorAccess", samples.reference, null, 7] {
		_found("aws_iam_role_policy_attachment", {"policy_arn": arn}) == set()
	}
}
