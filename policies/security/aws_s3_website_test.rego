package holdfast.security.aws_s3_website_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_s3_website

_found(kind, spec) := found if {
	found := aws_s3_website.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}`

bad_example := `resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_website_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  index_document {
    suffix = "index.html"
  }
}`

test_websites_are_found if {
	_found("aws_s3_bucket", {"website": [{"index_document": "index.html"}]}) == {{
		"msg": "aws_s3_bucket.x is a website",
		"path": ["spec", "website"],
	}}
	_found("aws_s3_bucket_website_configuration", {"index_document": [{"suffix": "index.html"}]}) == {{
		"msg": "aws_s3_bucket_website_configuration.x makes a website of its bucket",
		"path": ["spec"],
	}}
}

test_others_pass if {
	_found("aws_s3_bucket", {}) == set()
	_found("aws_s3_bucket", {"website": []}) == set()
	_found("aws_s3_bucket_website_configuration", {"redirect_all_requests_to": [{"host_name": "example.com"}]}) == set()
	count(_found("aws_s3_bucket_website_configuration", {"redirect_all_requests_to": []})) == 1
}
