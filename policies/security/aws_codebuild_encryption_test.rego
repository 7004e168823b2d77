package holdfast.security.aws_codebuild_encryption_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_codebuild_encryption

_found(kind, spec) := found if {
	found := aws_codebuild_encryption.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_codebuild_project" "shop" {
  name = "shop"
  artifacts {
    type = "S3"
  }
}`

bad_example := `resource "aws_codebuild_project" "shop" {
  name = "shop"
  artifacts {
    type                = "S3"
    encryption_disabled = true
  }
}`

test_off_is_found if {
	every name in ["artifacts", "secondary_artifacts"] {
		_found("aws_codebuild_project", {name: [{}, {"encryption_disabled": true}]}) == {{
			"msg": sprintf("aws_codebuild_project.x does not encrypt its %s", [name]),
			"path": ["spec", name, 1, "encryption_disabled"],
		}}
		count(_found("aws_codebuild_project", {name: [{"encryption_disabled": "true"}]})) == 1
		_found("aws_codebuild_project", {name: [{"encryption_disabled": false}]}) == set()
	}
	_found("aws_codebuild_project", {"logs_config": [{"s3_logs": [{"encryption_disabled": true}]}]}) == {{
		"msg": "aws_codebuild_project.x does not encrypt its logs",
		"path": ["spec", "logs_config", 0, "s3_logs", 0, "encryption_disabled"],
	}}
	count(_found("aws_codebuild_project", {"logs_config": [{"s3_logs": [{"encryption_disabled": "true"}]}]})) == 1
}

test_on_passes if {
	_found("aws_codebuild_project", {}) == set()
	_found("aws_codebuild_project", {"logs_config": [{"s3_logs": [{"encryption_disabled": false}]}]}) == set()
}
