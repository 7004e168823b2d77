package holdfast.security.aws_not_action_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_not_action

_found(kind, spec) := found if {
	found := aws_not_action.deny with input as samples.of(kind, spec)
}

good_example := `data "aws_iam_policy_document" "app" {
  statement {
    effect      = "Deny"
    not_actions = ["s3:GetObject"]
    resources   = ["*"]
  }
}`

bad_example := `data "aws_iam_policy_document" "app" {
  statement {
    not_actions = ["iam:*"]
    resources   = ["*"]
  }
}`

test_not_action_is_found if {
	_found("data.aws_iam_policy_document", {"statement": [{"sid": "A", "not_actions": ["sts:*", "iam:*"]}]}) == {{
		"msg": `statement "A" of data.aws_iam_policy_document.x allows all actions but iam:*, sts:*`,
		"path": ["spec", "statement", 0],
	}}
}

test_one_is_enough if {
	count(_found("data.aws_iam_policy_document", {"statement": [{"not_actions": ["iam:*"]}]})) == 1
}

test_others_pass if {
	_found("data.aws_iam_policy_document", {"statement": [{"effect": "Deny", "not_actions": ["iam:*"]}, {"not_actions": []}, {"actions": ["*"]}]}) == set()
}
