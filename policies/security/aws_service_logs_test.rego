package holdfast.security.aws_service_logs_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_service_logs

_found(kind, spec) := found if {
	found := aws_service_logs.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_service_logs.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_db_instance" "orders" {
  engine                          = "postgres"
  enabled_cloudwatch_logs_exports = ["postgresql"]
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine = "postgres"
}`

test_each_kind if {
	every kind, attribute in {
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
	} {
		msg := sprintf("%s.x sends no logs", [kind])
		_found(kind, {}) == {{"msg": msg, "path": ["spec"]}}
		_found(kind, {attribute: []}) == {{"msg": msg, "path": ["spec", attribute]}}
		_found(kind, {attribute: ["audit"]}) == set()
	}
}

test_redshift_logging if {
	logging := samples.referring(
		samples.resource("aws_redshift_logging", "l", {"cluster_identifier": samples.reference}),
		{"cluster_identifier": "aws_redshift_cluster.x"},
	)
	_among("aws_redshift_cluster", {}, [logging]) == set()
	other := object.union(logging, {"references": {"cluster_identifier": ["aws_db_instance.x"]}})
	count(_among("aws_db_instance", {}, [other])) == 1
}
