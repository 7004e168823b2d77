# METADATA
# title: Databases that may be deleted at once
# description: |
#   Databases, tables and user pools without protection against deletion, which
#   is off by default. Read replicas need none. AWS Security Hub RDS.7, RDS.8,
#   DocumentDB.5, Neptune.4 and DynamoDB.6.
# custom:
#   id: dr/aws-deletion-protection
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set deletion_protection (deletion_protection_enabled) to true; for a Cognito user pool, to
#     "ACTIVE".
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_rds_global_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_docdb_global_cluster
#     - terraform/aws_neptune_cluster
#     - terraform/aws_neptune_global_cluster
#     - terraform/aws_dynamodb_table
#     - terraform/aws_dsql_cluster
#     - terraform/aws_cognito_user_pool
package holdfast.dr.aws_deletion_protection

import data.holdfast.lib.aws

_attributes := {
	"aws_db_instance": "deletion_protection",
	"aws_rds_cluster": "deletion_protection",
	"aws_rds_global_cluster": "deletion_protection",
	"aws_docdb_cluster": "deletion_protection",
	"aws_docdb_global_cluster": "deletion_protection",
	"aws_neptune_cluster": "deletion_protection",
	"aws_neptune_global_cluster": "deletion_protection",
	"aws_dynamodb_table": "deletion_protection_enabled",
	"aws_dsql_cluster": "deletion_protection_enabled",
	"aws_cognito_user_pool": "deletion_protection",
}

deny contains {"msg": msg, "path": path} if {
	attribute := _attributes[input.resource.kind]
	not _protected(aws.get(_spec, attribute))
	not _replica
	msg := sprintf("%s is not protected against deletion", [aws.title])
	path := aws.path(["spec"], _spec, attribute)
}

_protected(value) if aws.on(value)

_protected("ACTIVE") := true

_replica if aws.present(input.resource.spec.replicate_source_db)

_spec["deletion_protection"] := input.resource.spec.deletion_protection

_spec["deletion_protection_enabled"] := input.resource.spec.deletion_protection_enabled
