# METADATA
# title: S3 buckets without Block Public Access
# description: |
#   A bucket with no aws_s3_bucket_public_access_block. Buckets made since April
#   2023 have the block unless it was taken away, but only what is written is
#   kept so. A block of the whole account that has all switches on
#   (aws_s3_account_public_access_block in the same root module) is enough. CIS
#   AWS Foundations Benchmark 3.0.0, section 2.1.4.
# custom:
#   id: security/aws-s3-block-missing
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/2.1.4]
#   remediation: >-
#     Add an aws_s3_bucket_public_access_block for the bucket, with its four switches true, or one
#     for the account.
#   scope: resource
#   kinds: [terraform/aws_s3_bucket]
package holdfast.security.aws_s3_block_missing

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not aws.attached(_blocks, "bucket")
	not _account_is_closed
	msg := sprintf("%s has no public access block", [aws.title])
}

_blocks := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_public_access_block"]]

_account_is_closed if {
	some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_account_public_access_block"]
	some block in by_name
	aws.here(block)
	every switch in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] {
		aws.on(block.spec[switch])
	}
}
