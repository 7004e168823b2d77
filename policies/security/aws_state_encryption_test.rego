package holdfast.security.aws_state_encryption_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_state_encryption

good_example := `terraform {
  backend "s3" {
    bucket  = "acme-state"
    key     = "network"
    region  = "eu-central-1"
    encrypt = true
  }
}`

bad_example := `terraform {
  backend "s3" {
    bucket = "acme-state"
    key    = "network"
    region = "eu-central-1"
  }
}`

_backend(name, spec) := found if {
	resource := object.union(samples.of("backend", spec), {"resource": {"metadata": {"name": name, "address": sprintf("terraform.backend.%s", [name])}}})
	found := aws_state_encryption.deny with input as resource
}

test_backends if {
	_backend("s3", {"bucket": "a"}) == {{
		"msg": "terraform.backend.s3 does not encrypt the state",
		"path": ["spec"],
	}}
	_backend("s3", {"encrypt": false}) == {{
		"msg": "terraform.backend.s3 does not encrypt the state",
		"path": ["spec", "encrypt"],
	}}
	_backend("s3", {"bucket": "a", "encrypt": true}) == set()
	_backend("s3", {"key": "network"}) == set()
	_backend("gcs", {"bucket": "a"}) == set()
}
