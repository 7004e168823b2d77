package holdfast.dr.aws_s3_replication_test

import data.holdfast.dr.aws_s3_replication
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_s3_replication.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_s3_replication.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_replication_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  role   = "arn:aws:iam::123456789012:role/replication"
  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::acme-data-far"
    }
  }
}`

bad_example := `resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}`

_replication(address) := samples.referring(
	samples.resource("aws_s3_bucket_replication_configuration", "r", {"bucket": samples.reference}),
	{"bucket": address},
)

test_buckets if {
	_among("aws_s3_bucket", {}, []) == {{"msg": "aws_s3_bucket.x is not replicated", "path": ["spec"]}}
	count(_among("aws_s3_bucket", {"replication_configuration": []}, [_replication("aws_s3_bucket.y")])) == 1
	_among("aws_s3_bucket", {}, [_replication("aws_s3_bucket.x")]) == set()
	_found("aws_s3_bucket", {"replication_configuration": [{"role": "a"}]}) == set()
}
