package holdfast.security.aws_s3_block_missing_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_s3_block_missing

_among(kind, spec, others) := found if {
	found := aws_s3_block_missing.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
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
}`

_block(address) := samples.referring(
	samples.resource("aws_s3_bucket_public_access_block", "b", {"bucket": samples.reference}),
	{"bucket": address},
)

_account(spec) := samples.resource("aws_s3_account_public_access_block", "a", spec)

_closed := {
	"block_public_acls": true,
	"block_public_policy": true,
	"ignore_public_acls": true,
	"restrict_public_buckets": true,
}

test_no_block_is_found if {
	_among("aws_s3_bucket", {}, []) == {{"msg": "aws_s3_bucket.x has no public access block", "path": ["spec"]}}
	count(_among("aws_s3_bucket", {}, [_block("aws_s3_bucket.y")])) == 1
}

test_a_block_passes if {
	_among("aws_s3_bucket", {}, [_block("aws_s3_bucket.x")]) == set()
}

test_the_account_counts_if_closed if {
	_among("aws_s3_bucket", {}, [_account(_closed)]) == set()
	count(_among("aws_s3_bucket", {}, [object.union(_account(_closed), {"metadata": {"root": "dev"}})])) == 1
	every switch, _ in _closed {
		count(_among("aws_s3_bucket", {}, [_account(object.remove(_closed, [switch]))])) == 1
	}
}
