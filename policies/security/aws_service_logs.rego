# METADATA
# title: Databases and brokers without logs
# description: |
#   Databases, search domains, caches, brokers and Kafka clusters that send no
#   logs to CloudWatch or elsewhere. A Redshift cluster has a logging block or an
#   aws_redshift_logging. AWS Security Hub RDS.9, DocumentDB.4, Neptune.2, ES.4,
#   MQ.2 and Redshift.4.
# custom:
#   id: security/aws-service-logs
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Name the logs in enabled_cloudwatch_logs_exports, or add the service's block for logging.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_neptune_cluster
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_mq_broker
#     - terraform/aws_msk_cluster
#     - terraform/aws_redshift_cluster
package holdfast.security.aws_service_logs

import data.holdfast.lib.aws

_attributes := {
	"aws_db_instance": "enabled_cloudwatch_logs_exports",
	"aws_rds_cluster": "enabled_cloudwatch_logs_exports",
	"aws_docdb_cluster": "enabled_cloudwatch_logs_exports",
	"aws_neptune_cluster": "enable_cloudwatch_logs_exports",
	"aws_opensearch_domain": "log_publishing_options",
	"aws_elasticsearch_domain": "log_publishing_options",
	"aws_elasticache_replication_group": "log_delivery_configuration",
	"aws_mq_broker": "logs",
	"aws_msk_cluster": "logging_info",
	"aws_redshift_cluster": "logging",
}

warn contains {"msg": msg, "path": path} if {
	attribute := _attributes[input.resource.kind]
	not aws.present(aws.get(_spec, attribute))
	not _redshift_logs
	msg := sprintf("%s sends no logs", [aws.title])
	path := aws.path(["spec"], _spec, attribute)
}

_redshift_logs if {
	input.resource.kind == "aws_redshift_cluster"
	aws.attached(_logging, "cluster_identifier")
}

_logging := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_redshift_logging"]]

_spec["enabled_cloudwatch_logs_exports"] := input.resource.spec.enabled_cloudwatch_logs_exports

_spec["enable_cloudwatch_logs_exports"] := input.resource.spec.enable_cloudwatch_logs_exports

_spec["log_publishing_options"] := input.resource.spec.log_publishing_options

_spec["log_delivery_configuration"] := input.resource.spec.log_delivery_configuration

_spec["logs"] := input.resource.spec.logs

_spec["logging_info"] := input.resource.spec.logging_info

_spec["logging"] := input.resource.spec.logging
