# METADATA
# title: Services that live in one availability zone
# description: |
#   Databases, caches, brokers, file systems and search domains that one zone's
#   failure takes down. One zone is the provider's default for the kinds of the
#   rule but the ones for FSx and EFS. Read replicas are let off. AWS
#   Well-Architected, Reliability Pillar, REL10; AWS Security Hub RDS.5,
#   ElastiCache.3 and Opensearch.6.
# custom:
#   id: dr/aws-multi-az
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Turn on multi_az, multi_az_enabled or zone_awareness_enabled, or choose a deployment type with
#     several zones.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_dms_replication_instance
#     - terraform/aws_mq_broker
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
#     - terraform/aws_efs_file_system
#     - terraform/aws_fsx_windows_file_system
#     - terraform/aws_fsx_ontap_file_system
#     - terraform/aws_fsx_openzfs_file_system
package holdfast.dr.aws_multi_az

import data.holdfast.lib.aws

_switches := {
	"aws_db_instance": "multi_az",
	"aws_elasticache_replication_group": "multi_az_enabled",
	"aws_dms_replication_instance": "multi_az",
}

warn contains {"msg": msg, "path": path} if {
	switch := _switches[input.resource.kind]
	not aws.on(aws.get(_spec, switch))
	not _replica
	msg := sprintf("%s is in one availability zone", [aws.title])
	path := aws.path(["spec"], _spec, switch)
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_mq_broker"
	aws.get(_spec, "deployment_mode") in {null, "SINGLE_INSTANCE"}
	msg := sprintf("%s is in one availability zone", [aws.title])
	path := aws.path(["spec"], _spec, "deployment_mode")
}

warn contains {"msg": msg, "path": ["spec", "availability_zone_name"]} if {
	aws.present(input.resource.spec.availability_zone_name)
	msg := sprintf("%s is in one availability zone", [aws.title])
}

warn contains {"msg": msg, "path": ["spec", "deployment_type"]} if {
	startswith(_spec.deployment_type, "SINGLE_AZ")
	msg := sprintf("%s is in one availability zone", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind in {"aws_opensearch_domain", "aws_elasticsearch_domain"}
	not _aware
	msg := sprintf("%s is in one availability zone", [aws.title])
	path := aws.path(["spec"], _spec, "cluster_config")
}

_aware if {
	some config in _spec.cluster_config
	aws.on(config.zone_awareness_enabled)
}

_aware if {
	some config in _spec.cluster_config
	aws.on(config.multi_az_with_standby_enabled)
}

_replica if aws.present(input.resource.spec.replicate_source_db)

_spec["multi_az"] := input.resource.spec.multi_az

_spec["multi_az_enabled"] := input.resource.spec.multi_az_enabled

_spec["deployment_mode"] := input.resource.spec.deployment_mode

_spec["deployment_type"] := input.resource.spec.deployment_type if {
	is_string(input.resource.spec.deployment_type)
}

_spec["cluster_config"] := input.resource.spec.cluster_config
