# METADATA
# title: Secrets that are never changed
# description: |
#   A secret without an aws_secretsmanager_secret_rotation is as it was until
#   somebody thinks of it. Secrets that a database keeps for itself are rotated
#   by it. AWS Security Hub SecretsManager.1.
# custom:
#   id: security/aws-secret-rotation
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add an aws_secretsmanager_secret_rotation with a function that changes the secret.
#   scope: resource
#   kinds: [terraform/aws_secretsmanager_secret]
package holdfast.security.aws_secret_rotation

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not aws.attached(_rotations, "secret_id")
	not _old_way
	msg := sprintf("%s is never rotated", [aws.title])
}

_rotations := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_secretsmanager_secret_rotation"]]

_old_way if aws.present(input.resource.spec.rotation_lambda_arn)
