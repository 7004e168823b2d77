package holdfast.security.aws_unencrypted_messages_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_unencrypted_messages

_found(kind, spec) := found if {
	found := aws_unencrypted_messages.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = "alias/aws/sns"
}`

bad_example := `resource "aws_sns_topic" "orders" {
  name = "orders"
}`

test_topics if {
	_found("aws_sns_topic", {}) == {{"msg": "aws_sns_topic.x has no key to encrypt with", "path": ["spec"]}}
	_found("aws_sns_topic", {"kms_master_key_id": ""}) == {{
		"msg": "aws_sns_topic.x has no key to encrypt with",
		"path": ["spec", "kms_master_key_id"],
	}}
	_found("aws_sns_topic", {"kms_master_key_id": samples.reference}) == set()
}

test_queues if {
	_found("aws_sqs_queue", {}) == set()
	_found("aws_sqs_queue", {"sqs_managed_sse_enabled": false}) == {{
		"msg": "aws_sqs_queue.x turns its encryption off",
		"path": ["spec", "sqs_managed_sse_enabled"],
	}}
	_found("aws_sqs_queue", {"sqs_managed_sse_enabled": false, "kms_master_key_id": "alias/a"}) == set()
	_found("aws_sqs_queue", {"sqs_managed_sse_enabled": true}) == set()
}

test_streams if {
	_found("aws_kinesis_stream", {}) == {{"msg": "aws_kinesis_stream.x is not encrypted", "path": ["spec"]}}
	_found("aws_kinesis_stream", {"encryption_type": "NONE"}) == {{
		"msg": "aws_kinesis_stream.x is not encrypted",
		"path": ["spec", "encryption_type"],
	}}
	_found("aws_kinesis_stream", {"encryption_type": "KMS"}) == set()
}

test_deliveries if {
	kind := "aws_kinesis_firehose_delivery_stream"
	_found(kind, {}) == {{
		"msg": "aws_kinesis_firehose_delivery_stream.x has no server_side_encryption",
		"path": ["spec"],
	}}
	_found(kind, {"server_side_encryption": [{"enabled": false}]}) == {{
		"msg": "aws_kinesis_firehose_delivery_stream.x does not enable server_side_encryption",
		"path": ["spec", "server_side_encryption", 0, "enabled"],
	}}
	_found(kind, {"server_side_encryption": [{"enabled": true}]}) == set()
	every source in ["kinesis_source_configuration", "msk_source_configuration"] {
		_found(kind, {source: [{"role_arn": "a"}]}) == set()
		_found(kind, {source: [{"role_arn": "a"}], "server_side_encryption": [{}]}) == set()
		count(_found(kind, {source: []})) == 1
	}
	_found("aws_s3_bucket", {"server_side_encryption": [{}]}) == set()
}
