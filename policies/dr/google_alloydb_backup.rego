# METADATA
# title: AlloyDB clusters without backups
# description: |
#   Continuous and automated backups of an AlloyDB cluster are on by default;
#   without them there is no way back. Google Cloud documentation, "Data backup
#   and recovery overview" of AlloyDB.
# custom:
#   id: dr/google-alloydb-backup
#   category: dr
#   severity: high
#   profile: starter
#   remediation: >-
#     Set enabled to true in continuous_backup_config and automated_backup_policy, or leave them
#     out.
#   scope: resource
#   kinds: [terraform/google_alloydb_cluster]
package holdfast.dr.google_alloydb_backup

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "continuous_backup_config", i, "enabled"]} if {
	attributes.off(input.resource.spec.continuous_backup_config[i].enabled)
	msg := sprintf("%s has no continuous backup", [attributes.title])
}

deny contains {"msg": msg, "path": ["spec", "automated_backup_policy", i, "enabled"]} if {
	attributes.off(input.resource.spec.automated_backup_policy[i].enabled)
	msg := sprintf("%s has no automated backups", [attributes.title])
}
