package holdfast.dr.aws_s3_versioning_test

import data.holdfast.dr.aws_s3_versioning
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_s3_versioning.deny with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_s3_versioning.deny with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}`

bad_example := `resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}`

_versioning(address) := samples.referring(
	samples.resource("aws_s3_bucket_versioning", "v", {"bucket": samples.reference}),
	{"bucket": address},
)

test_none_is_found if {
	_among("aws_s3_bucket", {}, []) == {{"msg": "aws_s3_bucket.x keeps no versions", "path": ["spec"]}}
	count(_among("aws_s3_bucket", {"versioning": []}, [_versioning("aws_s3_bucket.y")])) == 1
}

test_blocks if {
	_among("aws_s3_bucket", {"versioning": [{"enabled": true}]}, []) == set()
	_among("aws_s3_bucket", {"versioning": [{"enabled": false}]}, []) == {{
		"msg": "aws_s3_bucket.x keeps no versions",
		"path": ["spec", "versioning", 0, "enabled"],
	}}
	_among("aws_s3_bucket", {"versioning": [{"mfa_delete": true}]}, []) == {{
		"msg": "aws_s3_bucket.x keeps no versions",
		"path": ["spec", "versioning", 0],
	}}
}

test_a_resource_for_it_passes if {
	_among("aws_s3_bucket", {}, [_versioning("aws_s3_bucket.x")]) == set()
}

test_the_resource_for_it if {
	_found("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Suspended"}]}) == {{
		"msg": "aws_s3_bucket_versioning.x is suspended",
		"path": ["spec", "versioning_configuration", 0, "status"],
	}}
	count(_found("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Disabled"}]})) == 1
	_found("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}) == set()
	_found("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": samples.reference}, null]}) == set()
	_found("aws_s3_bucket_versioning", {"versioning": [{"enabled": false}]}) == set()
}
