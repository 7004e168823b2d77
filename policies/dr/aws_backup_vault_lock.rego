# METADATA
# title: Backup vaults that can be emptied
# description: |
#   Whoever has an administrator's rights, or has stolen them, can delete the
#   recovery points of a vault that is not locked. AWS Backup Developer Guide,
#   "AWS Backup Vault Lock".
# custom:
#   id: dr/aws-backup-vault-lock
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add an aws_backup_vault_lock_configuration for the vault.
#   scope: resource
#   kinds: [terraform/aws_backup_vault]
package holdfast.dr.aws_backup_vault_lock

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not aws.attached(_locks, "backup_vault_name")
	msg := sprintf("%s is not locked", [aws.title])
}

_locks := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_backup_vault_lock_configuration"]]
