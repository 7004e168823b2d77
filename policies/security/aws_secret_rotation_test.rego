package holdfast.security.aws_secret_rotation_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_secret_rotation

_found(kind, spec) := found if {
	found := aws_secret_rotation.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_secret_rotation.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_secretsmanager_secret" "orders" {
  name = "orders"
}

resource "aws_secretsmanager_secret_rotation" "orders" {
  secret_id           = aws_secretsmanager_secret.orders.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}`

bad_example := `resource "aws_secretsmanager_secret" "orders" {
  name = "orders"
}`

_rotation(address) := samples.referring(
	samples.resource("aws_secretsmanager_secret_rotation", "r", {"secret_id": samples.reference}),
	{"secret_id": address},
)

test_secrets if {
	_among("aws_secretsmanager_secret", {}, []) == {{"msg": "aws_secretsmanager_secret.x is never rotated", "path": ["spec"]}}
	count(_among("aws_secretsmanager_secret", {"rotation_lambda_arn": ""}, [_rotation("aws_secretsmanager_secret.y")])) == 1
	_among("aws_secretsmanager_secret", {}, [_rotation("aws_secretsmanager_secret.x")]) == set()
	_found("aws_secretsmanager_secret", {"rotation_lambda_arn": "a"}) == set()
}
