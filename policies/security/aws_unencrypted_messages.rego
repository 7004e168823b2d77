# METADATA
# title: Topics, queues and streams that are not encrypted
# description: |
#   SNS topics without a KMS key, SQS queues that turn their encryption off (they
#   have it since 2022 unless sqs_managed_sse_enabled is false), Kinesis streams
#   without encryption_type KMS, and Firehose streams of direct puts without
#   server_side_encryption. AWS Security Hub SNS.1, SQS.1, Kinesis.1 and
#   DataFirehose.1.
# custom:
#   id: security/aws-unencrypted-messages
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set kms_master_key_id ("alias/aws/sns" will do), sqs_managed_sse_enabled, encryption_type "KMS"
#     or server_side_encryption.
#   scope: resource
#   kinds:
#     - terraform/aws_sns_topic
#     - terraform/aws_sqs_queue
#     - terraform/aws_kinesis_stream
#     - terraform/aws_kinesis_firehose_delivery_stream
package holdfast.security.aws_unencrypted_messages

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_sns_topic"
	not aws.present(aws.get(_spec, "kms_master_key_id"))
	msg := sprintf("%s has no key to encrypt with", [aws.title])
	path := aws.path(["spec"], _spec, "kms_master_key_id")
}

deny contains {"msg": msg, "path": ["spec", "sqs_managed_sse_enabled"]} if {
	aws.off(input.resource.spec.sqs_managed_sse_enabled)
	not aws.present(aws.get(_spec, "kms_master_key_id"))
	msg := sprintf("%s turns its encryption off", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_kinesis_stream"
	aws.get(_spec, "encryption_type") in {null, "NONE"}
	msg := sprintf("%s is not encrypted", [aws.title])
	path := aws.path(["spec"], _spec, "encryption_type")
}

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_kinesis_firehose_delivery_stream"
	not aws.present(aws.get(_spec, "server_side_encryption"))
	not _from_stream
	msg := sprintf("%s has no server_side_encryption", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_kinesis_firehose_delivery_stream"
	some i, block in _spec.server_side_encryption
	not aws.on(aws.get(block, "enabled"))
	not _from_stream
	msg := sprintf("%s does not enable server_side_encryption", [aws.title])
	path := aws.path(["spec", "server_side_encryption", i], block, "enabled")
}

# What is read of a stream is encrypted as the stream is.
_from_stream if aws.present(input.resource.spec.kinesis_source_configuration)

_from_stream if aws.present(input.resource.spec.msk_source_configuration)

_spec["kms_master_key_id"] := input.resource.spec.kms_master_key_id

_spec["encryption_type"] := input.resource.spec.encryption_type

_spec["server_side_encryption"] := input.resource.spec.server_side_encryption
