# METADATA
# title: Passwords in the code of AWS services
# description: |
#   The password of a database, a broker, a search domain, a cache or a directory
#   that is written into the code or into a variable's value. What is known only
#   after apply, as of a random_password, is none. CWE-798; Terraform AWS
#   provider, aws_db_instance, on how passwords lie in the state.
# custom:
#   id: security/aws-password-literal
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Let the service keep it (manage_master_user_password), or take it from a random_password or
#     Secrets Manager; then change the password, since Git keeps its history.
#   pointsAt: secrets
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_redshift_cluster
#     - terraform/aws_redshiftserverless_namespace
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_mq_broker
#     - terraform/aws_directory_service_directory
#     - terraform/aws_dms_endpoint
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_fsx_ontap_file_system
package holdfast.security.aws_password_literal

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute, value in _spec
	_literal(value)
	msg := sprintf("%s has its password in plain text, in %s", [aws.title, attribute])
}

deny contains {"msg": msg, "path": ["spec", "user", i, "password"]} if {
	some i
	_literal(input.resource.spec.user[i].password)
	msg := sprintf("%s has the password of a user in plain text", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	some i, j
	_literal(input.resource.spec.advanced_security_options[i].master_user_options[j].master_user_password)
	msg := sprintf("%s has the password of its master user in plain text", [aws.title])
	path := ["spec", "advanced_security_options", i, "master_user_options", j, "master_user_password"]
}

_literal(value) if {
	is_string(value)
	value != ""
	not aws.unresolved(value)
}

_spec["password"] := input.resource.spec.password

_spec["master_password"] := input.resource.spec.master_password

_spec["admin_user_password"] := input.resource.spec.admin_user_password

_spec["auth_token"] := input.resource.spec.auth_token

_spec["fsx_admin_password"] := input.resource.spec.fsx_admin_password
