package holdfast.security.aws_privilege_escalation_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_privilege_escalation

_found(kind, spec) := found if {
	found := aws_privilege_escalation.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::123456789012:role/app"]
  }
}`

bad_example := `data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["iam:PassRole"]
    resources = ["*"]
  }
}`

_params := {"aws_escalating_actions": ["iam:PassRole", "iam:CreateAccessKey"]}

_block(statement) := {"statement": [object.union({"actions": ["iam:PassRole"], "resources": ["*"]}, statement)]}

test_escalation_is_found if {
	_found("data.aws_iam_policy_document", _block({})) == {{
		"msg": "a statement of data.aws_iam_policy_document.x allows iam:PassRole on every resource",
		"path": ["spec", "statement", 0],
	}}
	every action in ["iam:passrole", "IAM:Pass*", "iam:*", "iam:Create*"] {
		count(_found("data.aws_iam_policy_document", _block({"actions": ["s3:GetObject", action]}))) == 1
	}
}

test_less_passes if {
	every change in [
		{"actions": ["iam:GetRole", "iam:List*", "iam:[a", 7]},
		{"actions": ["*", "*:*"]},
		{"resources": ["arn:aws:iam::123456789012:role/app"]},
		{"effect": "Deny"},
		{"condition": [{"test": "StringEquals", "variable": "iam:PassedToService", "values": ["ec2.amazonaws.com"]}]},
	] {
		_found("data.aws_iam_policy_document", _block(change)) == set()
	}
}
