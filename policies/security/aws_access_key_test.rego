package holdfast.security.aws_access_key_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_access_key

_found(kind, spec) := found if {
	found := aws_access_key.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_iam_access_key" "backup" {
  user    = "backup"
  pgp_key = "keybase:acme"
}`

bad_example := `resource "aws_iam_access_key" "backup" {
  user = "backup"
}`

test_keys if {
	_found("aws_iam_access_key", {}) == {{"msg": "aws_iam_access_key.x keeps its secret in the state", "path": ["spec"]}}
	count(_found("aws_iam_access_key", {"pgp_key": ""})) == 1
	_found("aws_iam_access_key", {"pgp_key": "keybase:acme"}) == set()
}
