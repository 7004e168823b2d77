package holdfast.dr.aws_deletion_protection_test

import data.holdfast.dr.aws_deletion_protection
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_deletion_protection.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  hash_key                    = "id"
  deletion_protection_enabled = true
}`

bad_example := `resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
}`

test_each_kind if {
	every kind, attribute in {
		"aws_db_instance": "deletion_protection",
		"aws_rds_cluster": "deletion_protection",
		"aws_rds_global_cluster": "deletion_protection",
		"aws_docdb_cluster": "deletion_protection",
		"aws_docdb_global_cluster": "deletion_protection",
		"aws_neptune_cluster": "deletion_protection",
		"aws_neptune_global_cluster": "deletion_protection",
		"aws_dynamodb_table": "deletion_protection_enabled",
		"aws_dsql_cluster": "deletion_protection_enabled",
		"aws_cognito_user_pool": "deletion_protection",
	} {
		msg := sprintf("%s.x is not protected against deletion", [kind])
		_found(kind, {}) == {{"msg": msg, "path": ["spec"]}}
		_found(kind, {attribute: false}) == {{"msg": msg, "path": ["spec", attribute]}}
		_found(kind, {attribute: true}) == set()
	}
}

test_user_pools if {
	_found("aws_cognito_user_pool", {"deletion_protection": "ACTIVE"}) == set()
	count(_found("aws_cognito_user_pool", {"deletion_protection": "INACTIVE"})) == 1
}

test_replicas_pass if {
	_found("aws_db_instance", {"replicate_source_db": samples.reference}) == set()
	count(_found("aws_db_instance", {"replicate_source_db": ""})) == 1
}
