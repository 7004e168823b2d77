package holdfast.security.aws_password_literal_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_password_literal

_found(kind, spec) := found if {
	found := aws_password_literal.deny with input as samples.of(kind, spec)
}

good_example := `resource "random_password" "orders" {
  length = 32
}

resource "aws_db_instance" "orders" {
  engine   = "postgres"
  username = "orders"
  password = random_password.orders.result
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine   = "postgres"
  username = "orders"
  password = "correct-horse-battery"
}`

test_literals_are_found if {
	every attribute in ["password", "master_password", "admin_user_password", "auth_token", "fsx_admin_password"] {
		_found("aws_db_instance", {attribute: "x"}) == {{
			"msg": sprintf("aws_db_instance.x has its password in plain text, in %s", [attribute]),
			"path": ["spec", attribute],
		}}
	}
	_found("aws_mq_broker", {"user": [{"password": samples.reference}, {"password": "x"}]}) == {{
		"msg": "aws_mq_broker.x has the password of a user in plain text",
		"path": ["spec", "user", 1, "password"],
	}}
	_found("aws_opensearch_domain", {"advanced_security_options": [{"master_user_options": [{"master_user_password": "x"}]}]}) == {{
		"msg": "aws_opensearch_domain.x has the password of its master user in plain text",
		"path": ["spec", "advanced_security_options", 0, "master_user_options", 0, "master_user_password"],
	}}
	_found("aws_opensearch_domain", {"advanced_security_options": [{"master_user_options": [{"master_user_password": samples.reference}]}]}) == set()
}

test_others_pass if {
	every value in [samples.reference, "", null, 7] {
		_found("aws_db_instance", {"password": value}) == set()
	}
	_found("aws_db_instance", {"manage_master_user_password": true, "username": "x"}) == set()
}
