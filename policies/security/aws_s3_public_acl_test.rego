package holdfast.security.aws_s3_public_acl_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_s3_public_acl

_found(kind, spec) := found if {
	found := aws_s3_public_acl.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_acl" "logs" {
  bucket = aws_s3_bucket.logs.id
  acl    = "private"
}`

bad_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_acl" "logs" {
  bucket = aws_s3_bucket.logs.id
  acl    = "public-read"
}`

test_canned_acls if {
	_found("aws_s3_bucket_acl", {"acl": "public-read"}) == {{
		"msg": "the ACL of aws_s3_bucket_acl.x is public-read",
		"path": ["spec", "acl"],
	}}
	every acl in ["public-read", "public-read-write", "authenticated-read"] {
		count(_found("aws_s3_bucket", {"acl": acl})) == 1
	}
	every acl in ["private", "log-delivery-write", "aws-exec-read", "bucket-owner-full-control", "bucket-owner-read", null, 7, samples.reference] {
		_found("aws_s3_bucket", {"acl": acl}) == set()
	}
	_found("aws_s3_bucket", {}) == set()
}

_uri(group) := sprintf("http://acs.amazonaws.com/groups/%s", [group])

test_grants_of_old if {
	_found("aws_s3_bucket", {"grant": [{"type": "CanonicalUser", "id": "a"}, {"uri": _uri("global/AllUsers")}]}) == {{
		"msg": "the ACL of aws_s3_bucket.x has a grant for AllUsers",
		"path": ["spec", "grant", 1, "uri"],
	}}
	_found("aws_s3_bucket", {"grant": [{"uri": _uri("s3/LogDelivery")}, {"uri": 7}, null]}) == set()
}

test_grants if {
	_found("aws_s3_bucket_acl", {"access_control_policy": [{"grant": [
		{"grantee": [{"type": "CanonicalUser"}]},
		{"grantee": [{"uri": _uri("global/AuthenticatedUsers")}]},
	]}]}) == {{
		"msg": "the ACL of aws_s3_bucket_acl.x has a grant for AuthenticatedUsers",
		"path": ["spec", "access_control_policy", 0, "grant", 1, "grantee", 0, "uri"],
	}}
}
