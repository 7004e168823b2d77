# METADATA
# title: Secrets deleted without a way back
# description: |
#   A recovery window of 0 days deletes a secret for good, at once; the default
#   is 30. Terraform AWS provider, aws_secretsmanager_secret.
# custom:
#   id: dr/aws-secret-recovery
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Remove recovery_window_in_days or set it to 7 or more.
#   scope: resource
#   kinds: [terraform/aws_secretsmanager_secret]
package holdfast.dr.aws_secret_recovery

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "recovery_window_in_days"]} if {
	aws.number(input.resource.spec.recovery_window_in_days) == 0
	msg := sprintf("%s is deleted at once", [aws.title])
}
