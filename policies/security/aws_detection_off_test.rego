package holdfast.security.aws_detection_off_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_detection_off

_found(kind, spec) := found if {
	found := aws_detection_off.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_guardduty_detector" "main" {
  enable = true
}`

bad_example := `resource "aws_guardduty_detector" "main" {
  enable = false
}`

test_each_kind if {
	every kind, switch in {
		"aws_guardduty_detector": "enable",
		"aws_cloudtrail": "enable_logging",
		"aws_config_configuration_recorder_status": "is_enabled",
	} {
		_found(kind, {switch: false}) == {{"msg": sprintf("%s.x is switched off", [kind]), "path": ["spec", switch]}}
		_found(kind, {switch: true}) == set()
		_found(kind, {}) == set()
	}
	count(_found("aws_macie2_account", {"status": "PAUSED"})) == 1
	_found("aws_macie2_account", {"status": "ENABLED"}) == set()
	_found("aws_guardduty_detector", {"status": "PAUSED"}) == set()
}
