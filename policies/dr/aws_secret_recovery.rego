# METADATA
# title: Secrets deleted without a way back
# description: |
#   A recovery window of 0 days deletes a secret for good, at once; the default
#   is 30. The shortest window of a KMS key, 7 days, is over before a monthly job
#   has missed the key. Terraform AWS provider, aws_secretsmanager_secret and
#   aws_kms_key; the days are those of the parameter aws_min_key_deletion_days.
# custom:
#   id: dr/aws-secret-recovery
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Remove recovery_window_in_days or set it to 7 or more, and deletion_window_in_days to 30.
#   scope: resource
#   kinds:
#     - terraform/aws_secretsmanager_secret
#     - terraform/aws_kms_key
#     - terraform/aws_kms_external_key
#     - terraform/aws_kms_replica_key
#   params:
#     aws_min_key_deletion_days: 14
package holdfast.dr.aws_secret_recovery

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "recovery_window_in_days"]} if {
	aws.number(input.resource.spec.recovery_window_in_days) == 0
	msg := sprintf("%s is deleted at once", [aws.title])
}

deny contains {"msg": msg, "path": ["spec", "deletion_window_in_days"]} if {
	days := aws.number(input.resource.spec.deletion_window_in_days)
	days < data.holdfast.params.aws_min_key_deletion_days
	msg := sprintf("%s is deleted after %d days, below %d", [aws.title, days, data.holdfast.params.aws_min_key_deletion_days])
}
