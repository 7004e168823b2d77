package holdfast.security.aws_cloudtrail_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_cloudtrail

_found(kind, spec) := found if {
	found := aws_cloudtrail.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_cloudtrail" "main" {
  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  enable_log_file_validation = true
}`

bad_example := `resource "aws_cloudtrail" "main" {
  name           = "main"
  s3_bucket_name = "acme-trail"
}`

_on := {"is_multi_region_trail": true, "enable_log_file_validation": true}

test_trails if {
	_found("aws_cloudtrail", _on) == set()
	every switch, _ in _on {
		_found("aws_cloudtrail", object.union(_on, {switch: false})) == {{
			"msg": sprintf("aws_cloudtrail.x does not set %s", [switch]),
			"path": ["spec", switch],
		}}
		_found("aws_cloudtrail", object.remove(_on, [switch])) == {{
			"msg": sprintf("aws_cloudtrail.x does not set %s", [switch]),
			"path": ["spec"],
		}}
	}
}
