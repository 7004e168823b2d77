# METADATA
# title: Databases that take no minor upgrades
# description: |
#   Minor versions bring the engine's security fixes; they are taken unless
#   auto_minor_version_upgrade is false, which it is for Amazon MQ where it is
#   not set. CIS AWS Foundations Benchmark 3.0.0, section 2.3.2.
# custom:
#   id: security/aws-minor-upgrades
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-aws/2.3.2]
#   remediation: >-
#     Remove auto_minor_version_upgrade or set it to true, with a maintenance_window that suits.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster_instance
#     - terraform/aws_docdb_cluster_instance
#     - terraform/aws_neptune_cluster_instance
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_elasticache_cluster
#     - terraform/aws_memorydb_cluster
#     - terraform/aws_mq_broker
#     - terraform/aws_dms_replication_instance
package holdfast.security.aws_minor_upgrades

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	_off(aws.get(_spec, "auto_minor_version_upgrade"))
	msg := sprintf("%s takes no minor upgrades", [aws.title])
	path := aws.path(["spec"], _spec, "auto_minor_version_upgrade")
}

_off(value) if aws.off(value)

_off(null) if input.resource.kind == "aws_mq_broker"

_spec["auto_minor_version_upgrade"] := input.resource.spec.auto_minor_version_upgrade
