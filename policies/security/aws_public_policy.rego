# METADATA
# title: Policies that let anyone in
# description: |
#   A policy of a resource, or the trust policy of a role, that allows something
#   to everyone (the principal "*", or NotPrincipal with Allow) under no
#   condition that says who or from where. Conditions on how a request comes in,
#   such as aws:SecureTransport or aws:Referer, narrow nobody down. A search
#   domain inside of a VPC is let off. The same holds for aws_lambda_permission.
#   AWS IAM User Guide, "AWS JSON policy elements: Principal".
# custom:
#   id: security/aws-public-policy
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Name the accounts, roles or services in the principal, or add a condition on
#     aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_s3_bucket_policy
#     - terraform/aws_s3_access_point
#     - terraform/aws_sns_topic
#     - terraform/aws_sns_topic_policy
#     - terraform/aws_sqs_queue
#     - terraform/aws_sqs_queue_policy
#     - terraform/aws_kms_key
#     - terraform/aws_kms_key_policy
#     - terraform/aws_kms_external_key
#     - terraform/aws_ecr_repository_policy
#     - terraform/aws_secretsmanager_secret
#     - terraform/aws_secretsmanager_secret_policy
#     - terraform/aws_lambda_permission
#     - terraform/aws_lambda_layer_version_permission
#     - terraform/aws_efs_file_system_policy
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_elasticsearch_domain_policy
#     - terraform/aws_opensearch_domain
#     - terraform/aws_opensearch_domain_policy
#     - terraform/aws_backup_vault_policy
#     - terraform/aws_glacier_vault
#     - terraform/aws_cloudwatch_event_bus_policy
#     - terraform/aws_dynamodb_resource_policy
#     - terraform/aws_kinesis_resource_policy
#     - terraform/aws_iam_role
#     - terraform/data.aws_iam_policy_document
package holdfast.security.aws_public_policy

import data.holdfast.lib.aws
import data.holdfast.lib.iam

deny contains {"msg": msg, "path": trust.path} if {
	some trust in iam.trusts
	trust.anyone
	not iam.narrows(trust.conditions)
	not _in_vpc
	msg := sprintf("%s of %s lets anyone in", [trust.label, aws.title])
}

deny contains {"msg": msg, "path": ["spec", "principal"]} if {
	input.resource.spec.principal == "*"
	not _bounded
	msg := sprintf("%s lets anyone in", [aws.title])
}

_in_vpc if aws.present(input.resource.spec.vpc_options)

_bounded if aws.present(input.resource.spec.source_account)

_bounded if aws.present(input.resource.spec.source_arn)

_bounded if aws.present(input.resource.spec.principal_org_id)

_bounded if aws.present(input.resource.spec.organization_id)
