package holdfast.security.aws_minor_upgrades_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_minor_upgrades

_found(kind, spec) := found if {
	found := aws_minor_upgrades.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine = "postgres"
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine                     = "postgres"
  auto_minor_version_upgrade = false
}`

test_off_is_found if {
	_found("aws_db_instance", {"auto_minor_version_upgrade": "false"}) == {{
		"msg": "aws_db_instance.x takes no minor upgrades",
		"path": ["spec", "auto_minor_version_upgrade"],
	}}
}

test_brokers if {
	_found("aws_mq_broker", {}) == {{"msg": "aws_mq_broker.x takes no minor upgrades", "path": ["spec"]}}
	_found("aws_mq_broker", {"auto_minor_version_upgrade": true}) == set()
}

test_others_pass if {
	_found("aws_db_instance", {}) == set()
	_found("aws_db_instance", {"auto_minor_version_upgrade": true}) == set()
	_found("aws_db_instance", {"auto_minor_version_upgrade": samples.reference}) == set()
}
