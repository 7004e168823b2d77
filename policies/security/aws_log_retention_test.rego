package holdfast.security.aws_log_retention_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_log_retention

_found(kind, spec) := found if {
	found := aws_log_retention.warn with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_cloudwatch_log_group" "app" {
  name              = "app"
  retention_in_days = 365
}`

bad_example := `resource "aws_cloudwatch_log_group" "app" {
  name = "app"
}`

_params := {"aws_min_log_days": 365}

test_groups if {
	_found("aws_cloudwatch_log_group", {}) == {{"msg": "aws_cloudwatch_log_group.x never expires", "path": ["spec"]}}
	_found("aws_cloudwatch_log_group", {"retention_in_days": 0}) == {{
		"msg": "aws_cloudwatch_log_group.x never expires",
		"path": ["spec", "retention_in_days"],
	}}
	_found("aws_cloudwatch_log_group", {"retention_in_days": 180}) == {{
		"msg": "aws_cloudwatch_log_group.x keeps logs for 180 days, below 365",
		"path": ["spec", "retention_in_days"],
	}}
	count(_found("aws_cloudwatch_log_group", {"retention_in_days": 1})) == 1
	_found("aws_cloudwatch_log_group", {"retention_in_days": 365}) == set()
	_found("aws_cloudwatch_log_group", {"retention_in_days": samples.reference}) == set()
}
