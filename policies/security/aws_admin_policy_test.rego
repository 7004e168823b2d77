package holdfast.security.aws_admin_policy_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_admin_policy

_found(kind, spec) := found if {
	found := aws_admin_policy.deny with input as samples.of(kind, spec)
}

good_example := `data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-data/*"]
  }
}`

bad_example := `data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}`

_block(statement) := {"statement": [object.union({"actions": ["*"], "resources": ["*"]}, statement)]}

test_everything_is_found if {
	_found("data.aws_iam_policy_document", _block({"sid": "All"})) == {{
		"msg": `statement "All" of data.aws_iam_policy_document.x allows every action on every resource`,
		"path": ["spec", "statement", 0],
	}}
	_found("aws_iam_policy", {"policy": `{"Statement": {"Effect": "Allow", "Action": "*:*", "Resource": ["a", "*"]}}`}) == {{
		"msg": "a statement of aws_iam_policy.x allows every action on every resource",
		"path": ["spec", "policy"],
	}}
}

test_less_passes if {
	every change in [
		{"actions": ["s3:*"]},
		{"resources": ["arn:aws:s3:::*"]},
		{"effect": "Deny"},
		{"condition": [{"test": "Bool", "variable": "aws:MultiFactorAuthPresent", "values": ["true"]}]},
		{"principals": [{"type": "AWS", "identifiers": ["123456789012"]}]},
	] {
		_found("data.aws_iam_policy_document", _block(change)) == set()
	}
	_found("aws_iam_policy", {}) == set()
}
