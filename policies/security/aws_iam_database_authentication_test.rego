package holdfast.security.aws_iam_database_authentication_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_iam_database_authentication

_found(kind, spec) := found if {
	found := aws_iam_database_authentication.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine                              = "postgres"
  iam_database_authentication_enabled = true
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine = "postgres"
}`

test_engines_that_have_it if {
	every engine in ["mysql", "mariadb", "postgres", "aurora-mysql", "aurora-postgresql", "neptune"] {
		_found("aws_rds_cluster", {"engine": engine}) == {{"msg": "aws_rds_cluster.x has no IAM authentication", "path": ["spec"]}}
	}
	_found("aws_db_instance", {"engine": "mysql", "iam_database_authentication_enabled": false}) == {{
		"msg": "aws_db_instance.x has no IAM authentication",
		"path": ["spec", "iam_database_authentication_enabled"],
	}}
	_found("aws_neptune_cluster", {}) == {{"msg": "aws_neptune_cluster.x has no IAM authentication", "path": ["spec"]}}
	_found("aws_neptune_cluster", {"iam_database_authentication_enabled": false}) == {{
		"msg": "aws_neptune_cluster.x has no IAM authentication",
		"path": ["spec", "iam_database_authentication_enabled"],
	}}
}

test_others_pass if {
	_found("aws_db_instance", {"engine": "sqlserver-se"}) == set()
	_found("aws_db_instance", {}) == set()
	_found("aws_rds_cluster", {"engine": "aurora-mysql", "engine_mode": "serverless"}) == set()
	_found("aws_db_instance", {"engine": "mysql", "iam_database_authentication_enabled": true}) == set()
	_found("aws_neptune_cluster", {"iam_database_authentication_enabled": true}) == set()
	_found("aws_neptune_cluster", {"engine": "other"}) == set()
}
