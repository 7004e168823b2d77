package holdfast.dr.aws_cache_snapshots_test

import data.holdfast.dr.aws_cache_snapshots
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_cache_snapshots.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id     = "sessions"
  description              = "sessions"
  snapshot_retention_limit = 7
}`

bad_example := `resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sessions"
  description          = "sessions"
}`

test_none_is_found if {
	_found("aws_elasticache_replication_group", {"replication_group_id": "a"}) == {{
		"msg": "aws_elasticache_replication_group.x takes no snapshots",
		"path": ["spec"],
	}}
	_found("aws_memorydb_cluster", {"snapshot_retention_limit": 0}) == {{
		"msg": "aws_memorydb_cluster.x takes no snapshots",
		"path": ["spec", "snapshot_retention_limit"],
	}}
}

test_others_pass if {
	_found("aws_memorydb_cluster", {"snapshot_retention_limit": 1}) == set()
	_found("aws_memorydb_cluster", {"snapshot_retention_limit": samples.reference}) == set()
	_found("aws_elasticache_cluster", {"engine": "memcached"}) == set()
	_found("aws_elasticache_cluster", {"replication_group_id": "a"}) == set()
	count(_found("aws_elasticache_cluster", {"engine": "redis", "replication_group_id": ""})) == 1
}
