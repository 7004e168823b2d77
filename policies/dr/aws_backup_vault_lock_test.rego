package holdfast.dr.aws_backup_vault_lock_test

import data.holdfast.dr.aws_backup_vault_lock
import data.holdfast.lib.aws_test as samples

_among(kind, spec, others) := found if {
	found := aws_backup_vault_lock.warn with input as samples.of(kind, spec)
		with data.holdfast.resources as samples.stored(others)
}

good_example := `resource "aws_backup_vault" "main" {
  name = "main"
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 7
}`

bad_example := `resource "aws_backup_vault" "main" {
  name = "main"
}`

_lock(address) := samples.referring(
	samples.resource("aws_backup_vault_lock_configuration", "l", {"backup_vault_name": samples.reference}),
	{"backup_vault_name": address},
)

test_vaults if {
	_among("aws_backup_vault", {}, []) == {{"msg": "aws_backup_vault.x is not locked", "path": ["spec"]}}
	count(_among("aws_backup_vault", {}, [_lock("aws_backup_vault.y")])) == 1
	_among("aws_backup_vault", {}, [_lock("aws_backup_vault.x")]) == set()
}
