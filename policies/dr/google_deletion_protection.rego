# METADATA
# title: Databases and clusters that Terraform may delete
# description: |
#   deletion_protection keeps Terraform from deleting, or replacing, what holds
#   data. The provider has it on for these kinds; what switches it off is found.
#   Provider documentation, "deletion_protection".
# custom:
#   id: dr/google-deletion-protection
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set deletion_protection to true, or leave it out, and switch it off only for the change that
#     deletes.
#   scope: resource
#   kinds:
#     - terraform/google_sql_database_instance
#     - terraform/google_container_cluster
#     - terraform/google_bigtable_instance
#     - terraform/google_spanner_database
#     - terraform/google_bigquery_table
#     - terraform/google_alloydb_cluster
package holdfast.dr.google_deletion_protection

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s may be deleted by Terraform with all that it holds", [attributes.title])
}

_off contains ["deletion_protection"] if attributes.off(input.resource.spec.deletion_protection)
