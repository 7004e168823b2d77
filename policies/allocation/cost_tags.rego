# METADATA
# title: Tags to account for cost
# description: |
#   Machines, disks, databases, buckets and the like must have the tags that the
#   parameter cost_tags lists, such as [team, cost-center], or what they cost can be
#   laid to nobody. By default none are asked for. Tags and labels of any of the
#   provider's names for them count; those that are a reference, or that a
#   provider's default_tags add, cannot be seen here, and only the former pass. AWS,
#   "Organizing and tracking costs using cost allocation tags".
# custom:
#   id: allocation/cost-tags
#   category: allocation
#   severity: low
#   profile: starter
#   remediation: Add the tags to the resource's tags, or labels.
#   scope: resource
#   params:
#     cost_tags: []
#   kinds:
#     - terraform/aws_autoscaling_group
#     - terraform/aws_db_instance
#     - terraform/aws_dynamodb_table
#     - terraform/aws_ebs_volume
#     - terraform/aws_ecs_service
#     - terraform/aws_efs_file_system
#     - terraform/aws_eks_cluster
#     - terraform/aws_eks_node_group
#     - terraform/aws_elasticache_cluster
#     - terraform/aws_elasticache_replication_group
#     - terraform/aws_instance
#     - terraform/aws_lambda_function
#     - terraform/aws_lb
#     - terraform/aws_nat_gateway
#     - terraform/aws_rds_cluster
#     - terraform/aws_redshift_cluster
#     - terraform/aws_s3_bucket
#     - terraform/azurerm_kubernetes_cluster
#     - terraform/azurerm_linux_virtual_machine
#     - terraform/azurerm_managed_disk
#     - terraform/azurerm_mssql_database
#     - terraform/azurerm_postgresql_flexible_server
#     - terraform/azurerm_storage_account
#     - terraform/azurerm_windows_virtual_machine
#     - terraform/google_bigquery_dataset
#     - terraform/google_compute_disk
#     - terraform/google_compute_instance
#     - terraform/google_container_cluster
#     - terraform/google_sql_database_instance
#     - terraform/google_storage_bucket
package holdfast.allocation.cost_tags

deny contains {"msg": msg, "path": ["spec"]} if {
	not _unseen
	missing := [tag |
		some tag in data.holdfast.params.cost_tags
		not _tagged(tag)
	]
	count(missing) > 0
	msg := sprintf("%s has no tag %s", [input.resource.metadata.address, concat(" and no tag ", missing)])
}

_fields := ["tags", "tags_all", "labels", "resource_labels"]

_tagged(tag) if {
	some field in _fields
	_says(input.resource.spec[field][tag])
}

# A Cloud SQL instance has its labels in a block.
_tagged(tag) if {
	some settings in input.resource.spec.settings
	_says(settings.user_labels[tag])
}

# An Auto Scaling group has a block for each.
_tagged(name) if {
	some tag in input.resource.spec.tag
	tag.key == name
	_says(tag.value)
}

_says(value) if not trim_space(sprintf("%v", [value])) in {"", "null"}

# All of them are a reference.
_unseen if {
	some field in _fields
	is_string(input.resource.spec[field])
}
