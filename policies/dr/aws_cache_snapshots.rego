# METADATA
# title: Caches without snapshots
# description: |
#   ElastiCache and MemoryDB take no snapshots unless snapshot_retention_limit
#   says for how many days to keep them. Memcached and members of a replication
#   group have none of their own. AWS Security Hub ElastiCache.1; Terraform AWS
#   provider, the resources named.
# custom:
#   id: dr/aws-cache-snapshots
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Set snapshot_retention_limit to 7 or more, unless the data can be made again.
#   scope: resource
#   kinds:
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_elasticache_cluster
#     - terraform/aws_memorydb_cluster
package holdfast.dr.aws_cache_snapshots

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	_none(aws.get(_spec, "snapshot_retention_limit"))
	not _without
	msg := sprintf("%s takes no snapshots", [aws.title])
	path := aws.path(["spec"], _spec, "snapshot_retention_limit")
}

_none(null) := true

_none(days) if aws.number(days) == 0

_without if input.resource.spec.engine == "memcached"

_without if {
	input.resource.kind == "aws_elasticache_cluster"
	aws.present(input.resource.spec.replication_group_id)
}

_spec["snapshot_retention_limit"] := input.resource.spec.snapshot_retention_limit
