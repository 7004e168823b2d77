package holdfast.security.aws_customer_key_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_customer_key

_found(kind, spec) := found if {
	found := aws_customer_key.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_customer_key.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_cloudwatch_log_group" "app" {
  name       = "app"
  kms_key_id = "arn:aws:kms:eu-central-1:123456789012:key/1"
}`

bad_example := `resource "aws_cloudwatch_log_group" "app" {
  name = "app"
}`

_finding(kind, path) := {{"msg": sprintf("%s.x has no key of its own", [kind]), "path": path}}

test_attributes if {
	every kind, attribute in {
		"aws_cloudwatch_log_group": "kms_key_id",
		"aws_secretsmanager_secret": "kms_key_id",
		"aws_cloudtrail": "kms_key_id",
		"aws_backup_vault": "kms_key_arn",
		"aws_fsx_lustre_file_system": "kms_key_id",
		"aws_fsx_windows_file_system": "kms_key_id",
		"aws_fsx_ontap_file_system": "kms_key_id",
		"aws_fsx_openzfs_file_system": "kms_key_id",
		"aws_sagemaker_notebook_instance": "kms_key_id",
	} {
		_found(kind, {}) == _finding(kind, ["spec"])
		_found(kind, {attribute: ""}) == _finding(kind, ["spec", attribute])
		_found(kind, {attribute: "alias/aws/s3"}) == _finding(kind, ["spec", attribute])
		_found(kind, {attribute: "aws/s3"}) == _finding(kind, ["spec", attribute])
		_found(kind, {attribute: samples.reference}) == set()
		_found(kind, {attribute: "alias/main"}) == set()
		_found(kind, {attribute: "alias/laws/s3"}) == set()
	}
}

test_functions if {
	_found("aws_lambda_function", {}) == set()
	_found("aws_lambda_function", {"environment": [{"variables": {"A": "b"}}]}) == _finding("aws_lambda_function", ["spec"])
	_found("aws_lambda_function", {"environment": [{"variables": {"A": "b"}}], "kms_key_arn": "a"}) == set()
}

_rule(algorithm) := [{"apply_server_side_encryption_by_default": [{"sse_algorithm": algorithm}]}]

_configuration(address) := samples.referring(
	samples.resource("aws_s3_bucket_server_side_encryption_configuration", "c", {"bucket": samples.reference}),
	{"bucket": address},
)

test_buckets if {
	_among("aws_s3_bucket", {}, []) == _finding("aws_s3_bucket", ["spec"])
	count(_among("aws_s3_bucket", {}, [_configuration("aws_s3_bucket.y")])) == 1
	_among("aws_s3_bucket", {}, [_configuration("aws_s3_bucket.x")]) == set()
	_found("aws_s3_bucket", {"server_side_encryption_configuration": [{"rule": _rule("AES256")}]}) == _finding("aws_s3_bucket", [
		"spec", "server_side_encryption_configuration", 0, "rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm",
	])
	every algorithm in ["aws:kms", "aws:kms:dsse", samples.reference, 7] {
		_found("aws_s3_bucket", {"server_side_encryption_configuration": [{"rule": _rule(algorithm)}]}) == set()
	}
}

test_configurations if {
	kind := "aws_s3_bucket_server_side_encryption_configuration"
	_found(kind, {"rule": _rule("AES256")}) == _finding(kind, ["spec", "rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"])
	_found(kind, {"rule": _rule("aws:kms")}) == set()
	_found(kind, {"rule": _rule(7)}) == set()
}

test_tables if {
	_found("aws_dynamodb_table", {}) == _finding("aws_dynamodb_table", ["spec"])
	_found("aws_dynamodb_table", {"server_side_encryption": [{"enabled": true}]}) == _finding("aws_dynamodb_table", ["spec", "server_side_encryption"])
	count(_found("aws_dynamodb_table", {"server_side_encryption": [{"enabled": false, "kms_key_arn": "a"}]})) == 1
	_found("aws_dynamodb_table", {"server_side_encryption": [{"enabled": true, "kms_key_arn": "a"}]}) == set()
}

test_repositories if {
	_found("aws_ecr_repository", {}) == _finding("aws_ecr_repository", ["spec"])
	_found("aws_ecr_repository", {"encryption_configuration": [{"encryption_type": "AES256"}]}) == _finding("aws_ecr_repository", ["spec", "encryption_configuration"])
	_found("aws_ecr_repository", {"encryption_configuration": [{"encryption_type": "KMS"}]}) == set()
	_found("aws_ecr_repository", {"encryption_configuration": [{"encryption_type": "KMS_DSSE"}]}) == set()
}

test_clusters if {
	_found("aws_msk_cluster", {}) == _finding("aws_msk_cluster", ["spec"])
	_found("aws_msk_cluster", {"encryption_info": [{}]}) == _finding("aws_msk_cluster", ["spec", "encryption_info"])
	_found("aws_msk_cluster", {"encryption_info": [{"encryption_at_rest_kms_key_arn": "a"}]}) == set()
}
