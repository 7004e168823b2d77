package holdfast.dr.aws_point_in_time_recovery_test

import data.holdfast.dr.aws_point_in_time_recovery
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_point_in_time_recovery.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
  point_in_time_recovery {
    enabled = true
  }
}`

bad_example := `resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
}`

test_tables if {
	msg := "aws_dynamodb_table.x has no point-in-time recovery"
	_found("aws_dynamodb_table", {}) == {{"msg": msg, "path": ["spec"]}}
	_found("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": false}]}) == {{
		"msg": msg,
		"path": ["spec", "point_in_time_recovery", 0, "enabled"],
	}}
	_found("aws_dynamodb_table", {"point_in_time_recovery": [{}]}) == {{
		"msg": msg,
		"path": ["spec", "point_in_time_recovery", 0],
	}}
	_found("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": true}]}) == set()
}

test_keyspaces if {
	_found("aws_keyspaces_table", {"point_in_time_recovery": [{"status": "DISABLED"}]}) == {{
		"msg": "aws_keyspaces_table.x has no point-in-time recovery",
		"path": ["spec", "point_in_time_recovery", 0, "status"],
	}}
	_found("aws_keyspaces_table", {"point_in_time_recovery": [{"status": "ENABLED"}]}) == set()
}

test_replicas if {
	_found("aws_dynamodb_table", {
		"point_in_time_recovery": [{"enabled": true}],
		"replica": [{"region_name": "a", "point_in_time_recovery": true}, {"region_name": "b"}, {"point_in_time_recovery": false}],
	}) == {
		{
			"msg": "a replica of aws_dynamodb_table.x has no point-in-time recovery",
			"path": ["spec", "replica", 1],
		},
		{
			"msg": "a replica of aws_dynamodb_table.x has no point-in-time recovery",
			"path": ["spec", "replica", 2, "point_in_time_recovery"],
		},
	}
}
