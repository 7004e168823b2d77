package holdfast.security.aws_function_url_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_function_url

_found(kind, spec) := found if {
	found := aws_function_url.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_lambda_function_url" "orders" {
  function_name      = "orders"
  authorization_type = "AWS_IAM"
}`

bad_example := `resource "aws_lambda_function_url" "orders" {
  function_name      = "orders"
  authorization_type = "NONE"
}`

test_urls if {
	_found("aws_lambda_function_url", {"authorization_type": "NONE"}) == {{
		"msg": "everyone may call aws_lambda_function_url.x",
		"path": ["spec", "authorization_type"],
	}}
	_found("aws_lambda_function_url", {"authorization_type": "AWS_IAM"}) == set()
	_found("aws_lambda_function_url", {}) == set()
}
