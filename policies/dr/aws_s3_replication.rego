# METADATA
# title: S3 buckets in one region
# description: |
#   A bucket that is not replicated is lost or out of reach with its region or
#   its account. Replication is a block of the bucket or an
#   aws_s3_bucket_replication_configuration. AWS Security Hub S3.7; NIST SP
#   800-53, CP-6.
# custom:
#   id: dr/aws-s3-replication
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add an aws_s3_bucket_replication_configuration to a bucket in another region, unless the data
#     can be made again.
#   scope: resource
#   kinds: [terraform/aws_s3_bucket]
package holdfast.dr.aws_s3_replication

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not _has_block
	not aws.attached(_replications, "bucket")
	msg := sprintf("%s is not replicated", [aws.title])
}

_has_block if aws.present(input.resource.spec.replication_configuration)

_replications := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_replication_configuration"]]
