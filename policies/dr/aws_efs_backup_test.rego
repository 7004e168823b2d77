package holdfast.dr.aws_efs_backup_test

import data.holdfast.dr.aws_efs_backup
import data.holdfast.lib.aws_test as samples

_found(kind, spec) := found if {
	found := aws_efs_backup.warn with input as samples.of(kind, spec)
}

_among(kind, spec, others) := found if {
	found := aws_efs_backup.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_efs_file_system" "shared" {
  encrypted = true
}

resource "aws_efs_backup_policy" "shared" {
  file_system_id = aws_efs_file_system.shared.id
  backup_policy {
    status = "ENABLED"
  }
}`

bad_example := `resource "aws_efs_file_system" "shared" {
  encrypted = true
}`

_policy(address) := samples.referring(
	samples.resource("aws_efs_backup_policy", "p", {"file_system_id": samples.reference}),
	{"file_system_id": address},
)

test_file_systems if {
	_among("aws_efs_file_system", {}, []) == {{"msg": "aws_efs_file_system.x has no backup policy", "path": ["spec"]}}
	count(_among("aws_efs_file_system", {}, [_policy("aws_efs_file_system.y")])) == 1
	_among("aws_efs_file_system", {}, [_policy("aws_efs_file_system.x")]) == set()
}

test_policies if {
	_found("aws_efs_backup_policy", {"backup_policy": [{"status": "DISABLED"}]}) == {{
		"msg": "aws_efs_backup_policy.x turns backups off",
		"path": ["spec", "backup_policy", 0, "status"],
	}}
	_found("aws_efs_backup_policy", {"backup_policy": [{"status": "ENABLED"}]}) == set()
}
