package holdfast.security.aws_s3_public_access_block_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_s3_public_access_block

_found(kind, spec) := found if {
	found := aws_s3_public_access_block.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}`

bad_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket              = aws_s3_bucket.logs.id
  block_public_acls   = true
  block_public_policy = false
}`

_closed := {
	"block_public_acls": true,
	"block_public_policy": true,
	"ignore_public_acls": true,
	"restrict_public_buckets": true,
}

test_closed_passes if {
	_found("aws_s3_bucket_public_access_block", _closed) == set()
	_found("aws_s3_account_public_access_block", object.union(_closed, {"ignore_public_acls": samples.reference})) == set()
}

test_each_switch_counts if {
	every switch, _ in _closed {
		_found("aws_s3_bucket_public_access_block", object.union(_closed, {switch: false})) == {{
			"msg": sprintf("aws_s3_bucket_public_access_block.x does not set %s", [switch]),
			"path": ["spec", switch],
		}}
		_found("aws_s3_bucket_public_access_block", object.remove(_closed, [switch])) == {{
			"msg": sprintf("aws_s3_bucket_public_access_block.x does not set %s", [switch]),
			"path": ["spec"],
		}}
	}
	count(_found("aws_s3_account_public_access_block", {})) == 4
}
