package holdfast.security.aws_lambda_permission_source_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_lambda_permission_source

_found(kind, spec) := found if {
	found := aws_lambda_permission_source.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = "orders"
  principal     = "s3.amazonaws.com"
  source_arn    = "arn:aws:s3:::acme-orders"
}`

bad_example := `resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = "orders"
  principal     = "s3.amazonaws.com"
}`

test_services_are_found if {
	every service in ["apigateway", "cognito-idp", "config", "events", "logs", "s3", "scheduler", "ses", "sns"] {
		principal := sprintf("%s.amazonaws.com", [service])
		_found("aws_lambda_permission", {"principal": principal}) == {{
			"msg": sprintf("aws_lambda_permission.x lets %s call the function for every account", [principal]),
			"path": ["spec"],
		}}
	}
	count(_found("aws_lambda_permission", {"principal": "s3.amazonaws.com", "source_arn": ""})) == 1
}

test_others_pass if {
	every field in ["source_arn", "source_account", "principal_org_id"] {
		_found("aws_lambda_permission", {"principal": "s3.amazonaws.com", field: samples.reference}) == set()
	}
	_found("aws_lambda_permission", {"principal": "123456789012"}) == set()
	_found("aws_lambda_permission", {"principal": "edgelambda.amazonaws.com"}) == set()
}
