package holdfast.security.aws_public_snapshot_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_public_snapshot

_found(kind, spec) := found if {
	found := aws_public_snapshot.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_snapshot" "before" {
  db_instance_identifier = "orders"
  db_snapshot_identifier = "orders-before"
  shared_accounts        = ["123456789012"]
}`

bad_example := `resource "aws_db_snapshot" "before" {
  db_instance_identifier = "orders"
  db_snapshot_identifier = "orders-before"
  shared_accounts        = ["all"]
}`

test_everyone_is_found if {
	_found("aws_db_snapshot", {"shared_accounts": ["123456789012", "all"]}) == {{
		"msg": "aws_db_snapshot.x is shared with every AWS account",
		"path": ["spec", "shared_accounts", 1],
	}}
	_found("aws_ami_launch_permission", {"group": "all"}) == {{
		"msg": "aws_ami_launch_permission.x lets every AWS account launch the image",
		"path": ["spec", "group"],
	}}
	_found("aws_snapshot_create_volume_permission", {"account_id": "all"}) == {{
		"msg": "aws_snapshot_create_volume_permission.x shares the snapshot with every AWS account",
		"path": ["spec", "account_id"],
	}}
	_found("aws_ebs_snapshot_block_public_access", {"state": "unblocked"}) == {{
		"msg": "aws_ebs_snapshot_block_public_access.x lets snapshots be shared with every AWS account",
		"path": ["spec", "state"],
	}}
}

test_others_pass if {
	_found("aws_db_snapshot", {"shared_accounts": ["123456789012"], "group": "all"}) == set()
	_found("aws_db_snapshot", {}) == set()
	_found("aws_ami_launch_permission", {"account_id": "123456789012"}) == set()
	_found("aws_ebs_snapshot_block_public_access", {"state": "block-all-sharing"}) == set()
}
