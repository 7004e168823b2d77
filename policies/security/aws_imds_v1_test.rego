package holdfast.security.aws_imds_v1_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_imds_v1

_found(kind, spec) := found if {
	found := aws_imds_v1.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens = "required"
  }
}`

bad_example := `resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = "t3.micro"
}`

_msg := "aws_instance.x does not require tokens of the instance metadata service"

test_nothing_set_is_found if {
	_found("aws_instance", {}) == {{"msg": _msg, "path": ["spec"]}}
	_found("aws_instance", {"metadata_options": []}) == {{"msg": _msg, "path": ["spec"]}}
	_found("aws_instance", {"launch_template": []}) == {{"msg": _msg, "path": ["spec"]}}
}

test_optional_is_found if {
	_found("aws_instance", {"metadata_options": [{"http_tokens": "optional"}]}) == {{
		"msg": _msg,
		"path": ["spec", "metadata_options", 0, "http_tokens"],
	}}
	_found("aws_instance", {"launch_template": [{"id": "lt-1"}], "metadata_options": [{"http_endpoint": "enabled"}]}) == {{
		"msg": _msg,
		"path": ["spec", "metadata_options", 0],
	}}
}

test_tokens_pass if {
	_found("aws_launch_template", {"metadata_options": [{"http_tokens": "required"}]}) == set()
	_found("aws_launch_template", {"metadata_options": [{"http_tokens": samples.reference}]}) == set()
	_found("aws_instance", {"metadata_options": [{"http_endpoint": "disabled"}]}) == set()
	_found("aws_instance", {"launch_template": [{"id": "lt-1"}]}) == set()
}
