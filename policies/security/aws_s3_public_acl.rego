# METADATA
# title: S3 objects that an ACL gives to everyone
# description: |
#   An ACL of a bucket or an object that lets everyone, or everyone with any AWS
#   account, read or write: the canned ACLs public-read, public-read-write and
#   authenticated-read, and grants to the groups AllUsers and AuthenticatedUsers.
#   CIS AWS Foundations Benchmark 3.0.0, section 2.1.4.
# custom:
#   id: security/aws-s3-public-acl
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-aws/2.1.4]
#   remediation: >-
#     Take the ACL off or make it private, set object_ownership to BucketOwnerEnforced, and serve
#     public files through CloudFront.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_s3_bucket_acl
#     - terraform/aws_s3_object
#     - terraform/aws_s3_bucket_object
#     - terraform/aws_s3_object_copy
package holdfast.security.aws_s3_public_acl

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "acl"]} if {
	acl := input.resource.spec.acl
	acl in {"public-read", "public-read-write", "authenticated-read"}
	msg := sprintf("the ACL of %s is %s", [aws.title, acl])
}

deny contains {"msg": msg, "path": ["spec", "grant", i, "uri"]} if {
	some i, grant in input.resource.spec.grant
	some group in _groups(grant.uri)
	msg := sprintf("the ACL of %s has a grant for %s", [aws.title, group])
}

deny contains {"msg": msg, "path": path} if {
	some i, policy in input.resource.spec.access_control_policy
	some j, grant in policy.grant
	some k, grantee in grant.grantee
	some group in _groups(grantee.uri)
	msg := sprintf("the ACL of %s has a grant for %s", [aws.title, group])
	path := ["spec", "access_control_policy", i, "grant", j, "grantee", k, "uri"]
}

_groups(uri) := {group |
	some group in ["AllUsers", "AuthenticatedUsers"]
	endswith(uri, sprintf("/groups/global/%s", [group]))
} if {
	is_string(uri)
}
