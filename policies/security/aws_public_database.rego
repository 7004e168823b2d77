# METADATA
# title: Databases with a public address
# description: |
#   Databases, warehouses, brokers and replication instances that are publicly
#   accessible, which gives them a public address, and Kafka clusters with public
#   access. Only what the code says counts; a Redshift cluster that says nothing
#   is public with the provider's version 5 and private with version 6. CIS AWS
#   Foundations Benchmark 3.0.0, section 2.3.3.
# custom:
#   id: security/aws-public-database
#   category: security
#   severity: critical
#   profile: starter
#   controls: [cis-aws/2.3.3]
#   remediation: >-
#     Set publicly_accessible to false, and reach the database from inside of the VPC or through a
#     VPN.
#   scope: resource
#   kinds:
#     - terraform/aws_db_instance
#     - terraform/aws_rds_cluster_instance
#     - terraform/aws_rds_cluster
#     - terraform/aws_redshift_cluster
#     - terraform/aws_redshiftserverless_workgroup
#     - terraform/aws_neptune_cluster_instance
#     - terraform/aws_dms_replication_instance
#     - terraform/aws_mq_broker
#     - terraform/aws_lightsail_database
#     - terraform/aws_msk_cluster
package holdfast.security.aws_public_database

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "publicly_accessible"]} if {
	input.resource.spec.publicly_accessible in {true, "true"}
	msg := sprintf("%s is publicly accessible", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	some i, j, k
	input.resource.spec.broker_node_group_info[i].connectivity_info[j].public_access[k].type == "SERVICE_PROVIDED_EIPS"
	msg := sprintf("%s is publicly accessible", [aws.title])
	path := ["spec", "broker_node_group_info", i, "connectivity_info", j, "public_access", k, "type"]
}
