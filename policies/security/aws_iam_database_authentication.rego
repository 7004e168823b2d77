# METADATA
# title: Databases without IAM authentication
# description: |
#   With IAM authentication, clients log in with tokens that last 15 minutes and
#   need no password. It is there for MySQL, MariaDB, PostgreSQL, Aurora and
#   Neptune. Amazon RDS User Guide, "IAM database authentication"; AWS Security
#   Hub RDS.10 and RDS.12.
# custom:
#   id: security/aws-iam-database-authentication
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set iam_database_authentication_enabled to true, and grant rds_iam to the database's users.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_neptune_cluster
package holdfast.security.aws_iam_database_authentication

import data.holdfast.lib.aws

_engines := {"mysql", "mariadb", "postgres", "aurora-mysql", "aurora-postgresql", "neptune"}

warn contains {"msg": msg, "path": path} if {
	not aws.on(aws.get(_spec, "iam_database_authentication_enabled"))
	aws.get(_spec, "engine") in _engines
	not _serverless
	msg := sprintf("%s has no IAM authentication", [aws.title])
	path := aws.path(["spec"], _spec, "iam_database_authentication_enabled")
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_neptune_cluster"
	not aws.on(aws.get(_spec, "iam_database_authentication_enabled"))
	aws.get(_spec, "engine") == null
	msg := sprintf("%s has no IAM authentication", [aws.title])
	path := aws.path(["spec"], _spec, "iam_database_authentication_enabled")
}

_serverless if input.resource.spec.engine_mode == "serverless"

_spec["iam_database_authentication_enabled"] := input.resource.spec.iam_database_authentication_enabled

_spec["engine"] := input.resource.spec.engine
