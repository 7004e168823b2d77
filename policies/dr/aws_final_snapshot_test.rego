package holdfast.dr.aws_final_snapshot_test

import data.holdfast.dr.aws_final_snapshot
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_final_snapshot.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_db_instance" "orders" {
  engine                    = "postgres"
  final_snapshot_identifier = "orders-last"
}`

bad_example := `resource "aws_db_instance" "orders" {
  engine              = "postgres"
  skip_final_snapshot = true
}`

test_skipped_is_found if {
	_found("aws_db_instance", {"skip_final_snapshot": true}) == {{
		"msg": "aws_db_instance.x is deleted without a last snapshot",
		"path": ["spec", "skip_final_snapshot"],
	}}
	count(_found("aws_db_instance", {"skip_final_snapshot": "true", "replicate_source_db": ""})) == 1
}

test_others_pass if {
	_found("aws_db_instance", {}) == set()
	_found("aws_db_instance", {"skip_final_snapshot": false}) == set()
	_found("aws_db_instance", {"skip_final_snapshot": samples.reference}) == set()
	_found("aws_db_instance", {"skip_final_snapshot": true, "replicate_source_db": "a"}) == set()
}
