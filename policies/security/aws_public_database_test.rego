package holdfast.security.aws_public_database_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_public_database

_found(kind, spec) := found if {
	found := aws_public_database.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine              = "postgres"
  publicly_accessible = false
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine              = "postgres"
  publicly_accessible = true
}`

test_public_ones_are_found if {
	_found("aws_db_instance", {"publicly_accessible": true}) == {{
		"msg": "aws_db_instance.x is publicly accessible",
		"path": ["spec", "publicly_accessible"],
	}}
	count(_found("aws_redshift_cluster", {"publicly_accessible": "true"})) == 1
}

test_private_ones_pass if {
	_found("aws_db_instance", {}) == set()
	_found("aws_db_instance", {"publicly_accessible": false}) == set()
	_found("aws_db_instance", {"publicly_accessible": samples.reference}) == set()
}

_msk(type) := {"broker_node_group_info": [{"connectivity_info": [{"public_access": [{"type": type}]}]}]}

test_msk if {
	_found("aws_msk_cluster", _msk("SERVICE_PROVIDED_EIPS")) == {{
		"msg": "aws_msk_cluster.x is publicly accessible",
		"path": ["spec", "broker_node_group_info", 0, "connectivity_info", 0, "public_access", 0, "type"],
	}}
	_found("aws_msk_cluster", _msk("DISABLED")) == set()
}
