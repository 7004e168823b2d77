# METADATA
# title: Keys that are not rotated
# description: |
#   A symmetric KMS key without enable_key_rotation, which is off by default.
#   Asymmetric and HMAC keys, and keys in a custom key store, cannot be rotated
#   so. CIS AWS Foundations Benchmark 3.0.0, section 3.6.
# custom:
#   id: security/aws-kms-rotation
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/3.6]
#   remediation: >-
#     Set enable_key_rotation to true.
#   scope: resource
#   kinds: [terraform/aws_kms_key]
package holdfast.security.aws_kms_rotation

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	not aws.on(aws.get(_spec, "enable_key_rotation"))
	aws.get(_spec, "customer_master_key_spec") in {null, "SYMMETRIC_DEFAULT"}
	aws.get(_spec, "key_usage") in {null, "ENCRYPT_DECRYPT"}
	not aws.present(aws.get(_spec, "custom_key_store_id"))
	msg := sprintf("%s is not rotated", [aws.title])
	path := aws.path(["spec"], _spec, "enable_key_rotation")
}

_spec["enable_key_rotation"] := input.resource.spec.enable_key_rotation

_spec["customer_master_key_spec"] := input.resource.spec.customer_master_key_spec

_spec["key_usage"] := input.resource.spec.key_usage

_spec["custom_key_store_id"] := input.resource.spec.custom_key_store_id
