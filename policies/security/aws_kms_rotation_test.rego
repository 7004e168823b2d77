package holdfast.security.aws_kms_rotation_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_kms_rotation

_found(kind, spec) := found if {
	found := aws_kms_rotation.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_kms_key" "data" {
  description         = "data"
  enable_key_rotation = true
}`

bad_example := `resource "aws_kms_key" "data" {
  description = "data"
}`

test_symmetric_keys if {
	_found("aws_kms_key", {}) == {{"msg": "aws_kms_key.x is not rotated", "path": ["spec"]}}
	_found("aws_kms_key", {"enable_key_rotation": false, "customer_master_key_spec": "SYMMETRIC_DEFAULT", "key_usage": "ENCRYPT_DECRYPT"}) == {{
		"msg": "aws_kms_key.x is not rotated",
		"path": ["spec", "enable_key_rotation"],
	}}
	_found("aws_kms_key", {"enable_key_rotation": true}) == set()
}

test_others_pass if {
	_found("aws_kms_key", {"customer_master_key_spec": "RSA_4096"}) == set()
	_found("aws_kms_key", {"key_usage": "GENERATE_VERIFY_MAC"}) == set()
	_found("aws_kms_key", {"custom_key_store_id": "cks-1"}) == set()
}
