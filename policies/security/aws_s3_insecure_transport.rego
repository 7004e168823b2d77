# METADATA
# title: S3 buckets that answer to plain HTTP
# description: |
#   A bucket whose policy does not deny requests without TLS (the condition
#   aws:SecureTransport, false). A policy whose text is only known after apply,
#   or that comes from a data source with such a statement, is believed. CIS AWS
#   Foundations Benchmark 3.0.0, section 2.1.1.
# custom:
#   id: security/aws-s3-insecure-transport
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-aws/2.1.1]
#   remediation: >-
#     Add a statement to the bucket's policy that denies s3:* to everyone where aws:SecureTransport
#     is false.
#   scope: resource
#   kinds: [terraform/aws_s3_bucket]
package holdfast.security.aws_s3_insecure_transport

import data.holdfast.lib.aws
import data.holdfast.lib.iam

warn contains {"msg": msg, "path": ["spec"]} if {
	not _refused
	msg := sprintf("no policy denies plain HTTP to %s", [aws.title])
}

_refused if {
	some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_policy"]
	some policy in by_name
	_denies(policy.spec.policy)
	aws.attaches(policy, "bucket")
}

_refused if _denies(input.resource.spec.policy)

_denies(text) if {
	aws.unresolved(text)
	not json.is_valid(text)
}

_denies(text) if {
	some statement in iam.statements(text)
	statement.Effect == "Deny"
	some keys in statement.Condition
	some key, value in keys
	lower(key) == "aws:securetransport"
	some each in aws.list(value)
	aws.off(each)
}
