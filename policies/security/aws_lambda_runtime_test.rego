package holdfast.security.aws_lambda_runtime_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_lambda_runtime

_found(kind, spec) := found if {
	found := aws_lambda_runtime.deny with input as samples.of(kind, spec) with data.holdfast.params as _params
}

good_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.13"
}`

bad_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  runtime       = "python3.7"
}`

_params := {"aws_deprecated_runtimes": ["python3.7"]}

test_functions if {
	_found("aws_lambda_function", {"runtime": "python3.7"}) == {{
		"msg": "aws_lambda_function.x runs on python3.7, which is deprecated",
		"path": ["spec", "runtime"],
	}}
	_found("aws_lambda_function", {"runtime": "python3.13"}) == set()
	_found("aws_lambda_function", {}) == set()
}
