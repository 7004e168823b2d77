# METADATA
# title: S3 buckets without versioning
# description: |
#   Without versions an object that is overwritten or deleted is gone. Versioning
#   is a block of the bucket, or an aws_s3_bucket_versioning whose status is
#   Enabled. AWS Well-Architected, Reliability Pillar, REL09; AWS Security Hub
#   S3.14.
# custom:
#   id: dr/aws-s3-versioning
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Add an aws_s3_bucket_versioning with versioning_configuration.status "Enabled", and a lifecycle
#     rule that removes noncurrent versions in time.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_s3_bucket_versioning
package holdfast.dr.aws_s3_versioning

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_s3_bucket"
	not _has_block
	not aws.attached(_settings, "bucket")
	msg := sprintf("%s keeps no versions", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_s3_bucket"
	some i, block in input.resource.spec.versioning
	not aws.on(aws.get(block, "enabled"))
	msg := sprintf("%s keeps no versions", [aws.title])
	path := aws.path(["spec", "versioning", i], block, "enabled")
}

deny contains {"msg": msg, "path": ["spec", "versioning_configuration", i, "status"]} if {
	some i, block in input.resource.spec.versioning_configuration
	block.status in {"Suspended", "Disabled"}
	msg := sprintf("%s is %s", [aws.title, lower(block.status)])
}

_has_block if aws.present(input.resource.spec.versioning)

_settings := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_versioning"]]
