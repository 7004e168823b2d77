package holdfast.security.aws_analytics_encryption_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_analytics_encryption

_found(kind, spec) := found if {
	found := aws_analytics_encryption.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_athena_workgroup" "reports" {
  name = "reports"
  configuration {
    result_configuration {
      output_location = "s3://acme-reports/"
      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = "arn:aws:kms:eu-central-1:123456789012:key/1"
      }
    }
  }
}`

bad_example := `resource "aws_athena_workgroup" "reports" {
  name = "reports"
}`

test_glue if {
	every kind in ["aws_glue_job", "aws_glue_crawler", "aws_glue_dev_endpoint"] {
		_found(kind, {}) == {{"msg": sprintf("%s.x has no security configuration", [kind]), "path": ["spec"]}}
		_found(kind, {"security_configuration": "a"}) == set()
	}
}

test_catalogs if {
	settings := {"data_catalog_encryption_settings": [{"encryption_at_rest": [{"catalog_encryption_mode": "DISABLED"}]}]}
	_found("aws_glue_data_catalog_encryption_settings", settings) == {{
		"msg": "aws_glue_data_catalog_encryption_settings.x leaves the catalog unencrypted",
		"path": ["spec", "data_catalog_encryption_settings", 0, "encryption_at_rest", 0, "catalog_encryption_mode"],
	}}
	_found("aws_glue_data_catalog_encryption_settings", {"data_catalog_encryption_settings": [{"encryption_at_rest": [{"catalog_encryption_mode": "SSE-KMS"}]}]}) == set()
}

_encrypted := [{"encryption_configuration": [{"encryption_option": "SSE_S3"}]}]

test_workgroups if {
	_found("aws_athena_workgroup", {}) == {{"msg": "aws_athena_workgroup.x does not encrypt its results", "path": ["spec"]}}
	_found("aws_athena_workgroup", {"configuration": [{"result_configuration": [{}]}]}) == {{
		"msg": "aws_athena_workgroup.x does not encrypt its results",
		"path": ["spec", "configuration"],
	}}
	_found("aws_athena_workgroup", {"configuration": [{"result_configuration": _encrypted, "enforce_workgroup_configuration": false}]}) == {{
		"msg": "clients of aws_athena_workgroup.x may override its configuration",
		"path": ["spec", "configuration", 0, "enforce_workgroup_configuration"],
	}}
	_found("aws_athena_workgroup", {"configuration": [{"result_configuration": _encrypted}]}) == set()
}
