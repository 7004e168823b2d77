package holdfast.security.aws_unencrypted_transit_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_unencrypted_transit

_found(kind, spec) := found if {
	found := aws_unencrypted_transit.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions"
  description                = "sessions"
  transit_encryption_enabled = true
}`

bad_example := `resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sessions"
  description          = "sessions"
}`

test_switches if {
	every kind, switch in {"aws_elasticache_replication_group": "transit_encryption_enabled", "aws_db_proxy": "require_tls"} {
		msg := sprintf("%s.x does not set %s", [kind, switch])
		_found(kind, {}) == {{"msg": msg, "path": ["spec"]}}
		_found(kind, {switch: false}) == {{"msg": msg, "path": ["spec", switch]}}
		_found(kind, {switch: true}) == set()
	}
	_found("aws_elasticache_replication_group", {"global_replication_group_id": samples.reference}) == set()
	_found("aws_memorydb_cluster", {}) == set()
	_found("aws_memorydb_cluster", {"tls_enabled": true}) == set()
	_found("aws_memorydb_cluster", {"tls_enabled": false}) == {{
		"msg": "aws_memorydb_cluster.x turns TLS off",
		"path": ["spec", "tls_enabled"],
	}}
}

test_search if {
	on := {"node_to_node_encryption": [{"enabled": true}], "domain_endpoint_options": [{"enforce_https": true}]}
	every kind in ["aws_opensearch_domain", "aws_elasticsearch_domain"] {
		_found(kind, {}) == {
			{"msg": sprintf("%s.x does not set node_to_node_encryption.enabled", [kind]), "path": ["spec"]},
			{"msg": sprintf("%s.x does not set domain_endpoint_options.enforce_https", [kind]), "path": ["spec"]},
		}
		_found(kind, on) == set()
		_found(kind, object.union(on, {"node_to_node_encryption": [{"enabled": false}]})) == {{
			"msg": sprintf("%s.x does not set node_to_node_encryption.enabled", [kind]),
			"path": ["spec", "node_to_node_encryption", 0, "enabled"],
		}}
		_found(kind, object.union(on, {"domain_endpoint_options": [{"tls_security_policy": "x"}]})) == {{
			"msg": sprintf("%s.x does not set domain_endpoint_options.enforce_https", [kind]),
			"path": ["spec", "domain_endpoint_options", 0],
		}}
	}
}

test_dax if {
	_found("aws_dax_cluster", {}) == {{"msg": "aws_dax_cluster.x does not use TLS", "path": ["spec"]}}
	_found("aws_dax_cluster", {"cluster_endpoint_encryption_type": "NONE"}) == {{
		"msg": "aws_dax_cluster.x does not use TLS",
		"path": ["spec", "cluster_endpoint_encryption_type"],
	}}
	_found("aws_dax_cluster", {"cluster_endpoint_encryption_type": "TLS"}) == set()
}

_msk(transit) := {"encryption_info": [{"encryption_in_transit": [transit]}]}

test_msk if {
	every value in ["PLAINTEXT", "TLS_PLAINTEXT"] {
		_found("aws_msk_cluster", _msk({"client_broker": value})) == {{
			"msg": "aws_msk_cluster.x allows plain text, by client_broker",
			"path": ["spec", "encryption_info", 0, "encryption_in_transit", 0, "client_broker"],
		}}
	}
	_found("aws_msk_cluster", _msk({"client_broker": "TLS", "in_cluster": false})) == {{
		"msg": "aws_msk_cluster.x allows plain text, by in_cluster",
		"path": ["spec", "encryption_info", 0, "encryption_in_transit", 0, "in_cluster"],
	}}
	_found("aws_msk_cluster", {}) == set()
	_found("aws_msk_cluster", _msk({"client_broker": "TLS", "in_cluster": true})) == set()
}

test_mounts if {
	_found("aws_ecs_task_definition", {"volume": [{"name": "a"}, {"efs_volume_configuration": [{"file_system_id": "a"}]}]}) == {{
		"msg": "aws_ecs_task_definition.x mounts a file system without TLS",
		"path": ["spec", "volume", 1, "efs_volume_configuration", 0],
	}}
	_found("aws_ecs_task_definition", {"volume": [{"efs_volume_configuration": [{"transit_encryption": "DISABLED"}]}]}) == {{
		"msg": "aws_ecs_task_definition.x mounts a file system without TLS",
		"path": ["spec", "volume", 0, "efs_volume_configuration", 0, "transit_encryption"],
	}}
	_found("aws_ecs_task_definition", {"volume": [{"efs_volume_configuration": [{"transit_encryption": "ENABLED"}]}]}) == set()
}

test_parameters if {
	_found("aws_db_parameter_group", {"parameter": [{"name": "a", "value": "0"}, {"name": "rds.force_ssl", "value": 0}]}) == {{
		"msg": "aws_db_parameter_group.x sets rds.force_ssl to 0",
		"path": ["spec", "parameter", 1, "value"],
	}}
	every name, values in {
		"rds.force_ssl": ["0"],
		"require_secure_transport": ["0", "OFF"],
		"require_ssl": ["false", false],
		"tls": ["disabled"],
	} {
		every value in values {
			count(_found("aws_db_parameter_group", {"parameter": [{"name": name, "value": value}]})) == 1
		}
	}
	every name, value in {"rds.force_ssl": "1", "require_secure_transport": "ON", "require_ssl": "true", "tls": "enabled", "log": "0"} {
		_found("aws_db_parameter_group", {"parameter": [{"name": name, "value": value}]}) == set()
	}
}
