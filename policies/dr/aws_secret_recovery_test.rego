package holdfast.dr.aws_secret_recovery_test

import data.holdfast.dr.aws_secret_recovery
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_secret_recovery.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_secretsmanager_secret" "orders" {
  name = "orders"
}`

bad_example := `resource "aws_secretsmanager_secret" "orders" {
  name                    = "orders"
  recovery_window_in_days = 0
}`

test_secrets if {
	_found("aws_secretsmanager_secret", {"recovery_window_in_days": 0}) == {{
		"msg": "aws_secretsmanager_secret.x is deleted at once",
		"path": ["spec", "recovery_window_in_days"],
	}}
	_found("aws_secretsmanager_secret", {"recovery_window_in_days": 7}) == set()
	_found("aws_secretsmanager_secret", {}) == set()
}
