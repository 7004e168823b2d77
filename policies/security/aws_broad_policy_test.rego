package holdfast.security.aws_broad_policy_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_broad_policy

_found(kind, spec) := found if {
	found := aws_broad_policy.warn with input as samples.of(kind, spec)
}

good_example := `data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}`

bad_example := `data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}`

_block(statement) := {"statement": [object.union({"actions": ["s3:*"], "resources": ["*"]}, statement)]}

test_services_are_found if {
	_found("data.aws_iam_policy_document", _block({"actions": ["sqs:*", "ec2:Describe*", "s3:*", "a2-b:*"]})) == {{
		"msg": "a statement of data.aws_iam_policy_document.x allows a2-b:*, s3:*, sqs:* on every resource",
		"path": ["spec", "statement", 0],
	}}
}

test_less_passes if {
	every change in [
		{"actions": ["s3:Get*"]},
		{"actions": ["*", "*:*", "iam:*", "sts:*"]},
		{"resources": ["arn:aws:s3:::a"]},
		{"effect": "Deny"},
		{"condition": [{"test": "Bool", "variable": "aws:MultiFactorAuthPresent", "values": ["true"]}]},
	] {
		_found("data.aws_iam_policy_document", _block(change)) == set()
	}
}
