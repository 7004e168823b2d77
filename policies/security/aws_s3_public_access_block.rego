# METADATA
# title: Holes in S3 Block Public Access
# description: |
#   A public access block, of a bucket, an access point or the account, that does
#   not block all of it. Each of its four switches is off where it is not set, as
#   the AWS provider has it. CIS AWS Foundations Benchmark 3.0.0, section 2.1.4.
# custom:
#   id: security/aws-s3-public-access-block
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-aws/2.1.4]
#   remediation: >-
#     Set block_public_acls, block_public_policy, ignore_public_acls and restrict_public_buckets to
#     true.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket_public_access_block
#     - terraform/aws_s3_account_public_access_block
package holdfast.security.aws_s3_public_access_block

import data.holdfast.lib.aws

_switches := {
	"block_public_acls",
	"block_public_policy",
	"ignore_public_acls",
	"restrict_public_buckets",
}

deny contains {"msg": msg, "path": path} if {
	some switch in _switches
	not aws.on(aws.get(_spec, switch))
	msg := sprintf("%s does not set %s", [aws.title, switch])
	path := aws.path(["spec"], _spec, switch)
}

_spec["block_public_acls"] := input.resource.spec.block_public_acls

_spec["block_public_policy"] := input.resource.spec.block_public_policy

_spec["ignore_public_acls"] := input.resource.spec.ignore_public_acls

_spec["restrict_public_buckets"] := input.resource.spec.restrict_public_buckets
