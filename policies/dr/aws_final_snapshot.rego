# METADATA
# title: Databases deleted without a last snapshot
# description: |
#   With skip_final_snapshot a database that Terraform destroys or replaces is
#   gone with its automatic backups. By default the snapshot is taken. Terraform
#   AWS provider, aws_db_instance and the others named.
# custom:
#   id: dr/aws-final-snapshot
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Remove skip_final_snapshot or set it to false, and give final_snapshot_identifier.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_docdb_cluster
#     - terraform/aws_neptune_cluster
#     - terraform/aws_redshift_cluster
package holdfast.dr.aws_final_snapshot

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "skip_final_snapshot"]} if {
	input.resource.spec.skip_final_snapshot in {true, "true"}
	not _replica
	msg := sprintf("%s is deleted without a last snapshot", [aws.title])
}

# There can be none of a replica.
_replica if aws.present(input.resource.spec.replicate_source_db)
