package holdfast.security.aws_provider_keys_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_provider_keys

good_example := `provider "aws" {
  region  = "eu-central-1"
  profile = "acme"
}`

bad_example := `provider "aws" {
  region     = "eu-central-1"
  access_key = "AKIAQWERTYUIOPASDFGH"
  secret_key = "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0"
}`

_at(kind, name, spec) := found if {
	resource := object.union(samples.of(kind, spec), {"resource": {"metadata": {"name": name, "address": sprintf("%s.%s", [kind, name])}}})
	found := aws_provider_keys.deny with input as resource
}

test_keys_are_found if {
	every attribute in ["access_key", "secret_key", "token"] {
		_at("provider", "aws", {attribute: "AKIAX"}) == {{
			"msg": sprintf("provider.aws has %s in plain text", [attribute]),
			"path": ["spec", attribute],
		}}
		count(_at("provider", "aws.far", {attribute: "AKIAX"})) == 1
		count(_at("backend", "s3", {attribute: "AKIAX"})) == 1
	}
}

test_others_pass if {
	_at("provider", "awscc", {"access_key": "AKIAX"}) == set()
	_at("provider", "google", {"access_key": "AKIAX"}) == set()
	_at("backend", "gcs", {"access_key": "AKIAX"}) == set()
	_at("provider", "s3", {"access_key": "AKIAX"}) == set()
	_at("backend", "aws", {"access_key": "AKIAX"}) == set()
	every value in [
		"", "test", "testing", "mock_access_key", "mock_secret_key", "fake", "dummy", "foo", "bar",
		"localstack", "anaccesskey", "asecretkey", "TEST", samples.reference, null, 7,
	] {
		_at("provider", "aws", {"access_key": value}) == set()
	}
}
