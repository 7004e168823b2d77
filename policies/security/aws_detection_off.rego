# METADATA
# title: Detection that is switched off
# description: |
#   A trail, a GuardDuty detector, a Config recorder or a Macie account that the
#   code keeps switched off. AWS Security Hub GuardDuty.1, CloudTrail.1, Config.1
#   and Macie.1.
# custom:
#   id: security/aws-detection-off
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set enable, enable_logging or is_enabled to true, or status to "ENABLED"; or remove the
#     resource.
#   scope: resource
#   kinds:
#     - terraform/aws_guardduty_detector
#     - terraform/aws_cloudtrail
#     - terraform/aws_config_configuration_recorder_status
#     - terraform/aws_macie2_account
package holdfast.security.aws_detection_off

import data.holdfast.lib.aws

_switches := {
	"aws_guardduty_detector": "enable",
	"aws_cloudtrail": "enable_logging",
	"aws_config_configuration_recorder_status": "is_enabled",
	"aws_macie2_account": "status",
}

deny contains {"msg": msg, "path": ["spec", switch]} if {
	some switch in [_switches[input.resource.kind]]
	_off(_spec[switch])
	msg := sprintf("%s is switched off", [aws.title])
}

_off(value) if aws.off(value)

_off("PAUSED") := true

_spec["enable"] := input.resource.spec.enable

_spec["enable_logging"] := input.resource.spec.enable_logging

_spec["is_enabled"] := input.resource.spec.is_enabled

_spec["status"] := input.resource.spec.status
