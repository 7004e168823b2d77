package holdfast.dr.aws_backup_copy_test

import data.holdfast.dr.aws_backup_copy
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_backup_copy.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = "main"
    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-west-1:123456789012:backup-vault:far"
    }
  }
}`

bad_example := `resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = "main"
  }
}`

test_plans if {
	_found("aws_backup_plan", {"rule": [{"rule_name": "a", "copy_action": [{}]}, {"rule_name": "b"}, {"rule_name": 7, "copy_action": []}]}) == {
		{"msg": `rule "b" of aws_backup_plan.x copies nothing to another vault`, "path": ["spec", "rule", 1]},
		{"msg": "a rule of aws_backup_plan.x copies nothing to another vault", "path": ["spec", "rule", 2]},
	}
	_found("aws_backup_plan", {}) == set()
}
