package holdfast.security.aws_s3_insecure_transport_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_s3_insecure_transport

_among(kind, spec, others) := found if {
	found := aws_s3_insecure_transport.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "arn:aws:s3:::acme-logs/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}`

bad_example := `resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
}`

_statement := {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

_policy(value) := samples.referring(
	samples.resource("aws_s3_bucket_policy", "p", {"bucket": samples.reference, "policy": value}),
	{"bucket": "aws_s3_bucket.x"},
)

_text(statement) := json.marshal({"Statement": [statement]})

test_no_policy_is_found if {
	_among("aws_s3_bucket", {}, []) == {{"msg": "no policy denies plain HTTP to aws_s3_bucket.x", "path": ["spec"]}}
	count(_among("aws_s3_bucket", {"policy": "no policy"}, [_policy("no policy")])) == 1
}

test_a_denial_passes if {
	_among("aws_s3_bucket", {}, [_policy(_text(_statement))]) == set()
	_among("aws_s3_bucket", {"policy": _text(_statement)}, []) == set()
	_among("aws_s3_bucket", {"policy": _text(object.union(_statement, {"Condition": {"Bool": {"aws:securetransport": [false]}}}))}, []) == set()
	_among("aws_s3_bucket", {}, [_policy(samples.reference)]) == set()
}

test_other_policies_are_found if {
	every change in [
		{"Effect": "Allow"},
		{"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
		{"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false", "aws:SecureTransport": "x"}}},
	] {
		count(_among("aws_s3_bucket", {}, [_policy(_text(object.union(_statement, change)))])) == 1
	}
	with_reference := object.union(_statement, {"Effect": "Allow", "Resource": samples.reference})
	count(_among("aws_s3_bucket", {}, [_policy(_text(with_reference))])) == 1
}

test_a_policy_of_another_bucket_is_none if {
	other := object.union(_policy(_text(_statement)), {"references": {"bucket": ["aws_s3_bucket.y"]}})
	count(_among("aws_s3_bucket", {}, [other])) == 1
}
