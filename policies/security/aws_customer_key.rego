# METADATA
# title: Data without a key of one's own
# description: |
#   Storage, logs, secrets and images that are encrypted by a key of AWS, or by
#   SSE-S3, and not by a KMS key that the account holds, so that nobody can take
#   the key away or see its use. S3 buckets, DynamoDB tables, log groups,
#   secrets, repositories, trails, functions, vaults, file systems and streams.
#   AWS Well-Architected, Security Pillar, SEC08-BP01; AWS Security Hub S3.17 and
#   CloudTrail.2.
# custom:
#   id: security/aws-customer-key
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set kms_key_id (kms_key_arn, kms_master_key_id) to a key with rotation.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_s3_bucket_server_side_encryption_configuration
#     - terraform/aws_dynamodb_table
#     - terraform/aws_cloudwatch_log_group
#     - terraform/aws_secretsmanager_secret
#     - terraform/aws_ecr_repository
#     - terraform/aws_cloudtrail
#     - terraform/aws_lambda_function
#     - terraform/aws_backup_vault
#     - terraform/aws_fsx_lustre_file_system
#     - terraform/aws_fsx_windows_file_system
#     - terraform/aws_fsx_ontap_file_system
#     - terraform/aws_fsx_openzfs_file_system
#     - terraform/aws_sagemaker_notebook_instance
#     - terraform/aws_msk_cluster
package holdfast.security.aws_customer_key

import data.holdfast.lib.aws

_attributes := {
	"aws_cloudwatch_log_group": "kms_key_id",
	"aws_secretsmanager_secret": "kms_key_id",
	"aws_cloudtrail": "kms_key_id",
	"aws_lambda_function": "kms_key_arn",
	"aws_backup_vault": "kms_key_arn",
	"aws_fsx_lustre_file_system": "kms_key_id",
	"aws_fsx_windows_file_system": "kms_key_id",
	"aws_fsx_ontap_file_system": "kms_key_id",
	"aws_fsx_openzfs_file_system": "kms_key_id",
	"aws_sagemaker_notebook_instance": "kms_key_id",
}

warn contains {"msg": msg, "path": path} if {
	attribute := _attributes[input.resource.kind]
	not _own(aws.get(_spec, attribute))
	not _has_no_environment
	msg := sprintf("%s has no key of its own", [aws.title])
	path := aws.path(["spec"], _spec, attribute)
}

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_s3_bucket"
	not _has_encryption
	not aws.attached(_encryptions, "bucket")
	msg := sprintf("%s has no key of its own", [aws.title])
}

warn contains {"msg": msg, "path": array.concat(path, ["sse_algorithm"])} if {
	some [path, algorithm] in _algorithms
	not startswith(algorithm, "aws:kms")
	not aws.unresolved(algorithm)
	msg := sprintf("%s has no key of its own", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_dynamodb_table"
	not _table_key
	msg := sprintf("%s has no key of its own", [aws.title])
	path := aws.path(["spec"], _spec, "server_side_encryption")
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_ecr_repository"
	not _repository_key
	msg := sprintf("%s has no key of its own", [aws.title])
	path := aws.path(["spec"], _spec, "encryption_configuration")
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_msk_cluster"
	not _cluster_key
	msg := sprintf("%s has no key of its own", [aws.title])
	path := aws.path(["spec"], _spec, "encryption_info")
}

_own(key) if {
	aws.present(key)
	not _of_aws(key)
}

# The alias of a key that AWS manages.
_of_aws(key) if {
	regex.match(`(?:^|/)aws/[a-z0-9]+$`, sprintf("%v", [key]))
}

# The key of a function is for its environment.
_has_no_environment if {
	input.resource.kind == "aws_lambda_function"
	not _has_environment
}

_has_environment if aws.present(input.resource.spec.environment)

_has_encryption if aws.present(_spec.server_side_encryption_configuration)

_encryptions := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_server_side_encryption_configuration"]]

_algorithms contains [path, standard.sse_algorithm] if {
	some i, configuration in _spec.server_side_encryption_configuration
	some j, rule in configuration.rule
	some k, standard in rule.apply_server_side_encryption_by_default
	is_string(standard.sse_algorithm)
	path := ["spec", "server_side_encryption_configuration", i, "rule", j, "apply_server_side_encryption_by_default", k]
}

_algorithms contains [path, standard.sse_algorithm] if {
	some j, rule in input.resource.spec.rule
	some k, standard in rule.apply_server_side_encryption_by_default
	is_string(standard.sse_algorithm)
	path := ["spec", "rule", j, "apply_server_side_encryption_by_default", k]
}

_table_key if {
	some block in _spec.server_side_encryption
	aws.on(block.enabled)
	aws.present(block.kms_key_arn)
}

_repository_key if {
	some block in _spec.encryption_configuration
	block.encryption_type in {"KMS", "KMS_DSSE"}
}

_cluster_key if {
	some block in _spec.encryption_info
	aws.present(block.encryption_at_rest_kms_key_arn)
}

_spec["kms_key_id"] := input.resource.spec.kms_key_id

_spec["kms_key_arn"] := input.resource.spec.kms_key_arn

_spec["server_side_encryption_configuration"] := input.resource.spec.server_side_encryption_configuration

_spec["server_side_encryption"] := input.resource.spec.server_side_encryption

_spec["encryption_configuration"] := input.resource.spec.encryption_configuration

_spec["encryption_info"] := input.resource.spec.encryption_info
