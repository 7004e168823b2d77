package holdfast.dr.aws_multi_az_test

import data.holdfast.dr.aws_multi_az
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_multi_az.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine   = "postgres"
  multi_az = true
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine = "postgres"
}`

_finding(kind, path) := {{"msg": sprintf("%s.x is in one availability zone", [kind]), "path": path}}

test_switches if {
	every kind, switch in {
		"aws_db_instance": "multi_az",
		"aws_elasticache_replication_group": "multi_az_enabled",
		"aws_dms_replication_instance": "multi_az",
	} {
		_found(kind, {}) == _finding(kind, ["spec"])
		_found(kind, {switch: false}) == _finding(kind, ["spec", switch])
		_found(kind, {switch: true}) == set()
	}
	_found("aws_db_instance", {"replicate_source_db": "a"}) == set()
	count(_found("aws_db_instance", {"replicate_source_db": ""})) == 1
}

test_brokers if {
	_found("aws_mq_broker", {}) == _finding("aws_mq_broker", ["spec"])
	_found("aws_mq_broker", {"deployment_mode": "SINGLE_INSTANCE"}) == _finding("aws_mq_broker", ["spec", "deployment_mode"])
	_found("aws_mq_broker", {"deployment_mode": "CLUSTER_MULTI_AZ"}) == set()
}

test_file_systems if {
	_found("aws_efs_file_system", {}) == set()
	_found("aws_efs_file_system", {"availability_zone_name": "eu-central-1a"}) == _finding("aws_efs_file_system", ["spec", "availability_zone_name"])
	_found("aws_fsx_openzfs_file_system", {"deployment_type": "SINGLE_AZ_1"}) == _finding("aws_fsx_openzfs_file_system", ["spec", "deployment_type"])
	_found("aws_fsx_ontap_file_system", {"deployment_type": "MULTI_AZ_1"}) == set()
	_found("aws_fsx_ontap_file_system", {"deployment_type": 7}) == set()
}

test_search if {
	every kind in ["aws_opensearch_domain", "aws_elasticsearch_domain"] {
		_found(kind, {}) == _finding(kind, ["spec"])
		_found(kind, {"cluster_config": [{"instance_count": 3}]}) == _finding(kind, ["spec", "cluster_config"])
		_found(kind, {"cluster_config": [{"zone_awareness_enabled": true}]}) == set()
		_found(kind, {"cluster_config": [{"multi_az_with_standby_enabled": true}]}) == set()
	}
}
