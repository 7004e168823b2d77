package holdfast.security.aws_tracing_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_tracing

_found(kind, spec) := found if {
	found := aws_tracing.warn with input as samples.of(kind, spec)
}

good_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
  tracing_config {
    mode = "Active"
  }
}`

bad_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
}`

test_functions if {
	_found("aws_lambda_function", {}) == {{"msg": "aws_lambda_function.x is not traced", "path": ["spec"]}}
	_found("aws_lambda_function", {"tracing_config": [{"mode": "PassThrough"}]}) == {{
		"msg": "aws_lambda_function.x is not traced",
		"path": ["spec", "tracing_config"],
	}}
	_found("aws_lambda_function", {"tracing_config": [{"mode": "Active"}]}) == set()
}

test_stages if {
	_found("aws_api_gateway_stage", {}) == {{"msg": "aws_api_gateway_stage.x is not traced", "path": ["spec"]}}
	_found("aws_api_gateway_stage", {"xray_tracing_enabled": true}) == set()
}
