package holdfast.security.aws_plaintext_secret_test

import data.holdfast.lib.aws_test as samples
import data.holdfast.security.aws_plaintext_secret

_found(kind, spec) := found if {
	found := aws_plaintext_secret.deny with input as samples.of(kind, spec)
}

good_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  environment {
    variables = {
      DB_PASSWORD_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders"
    }
  }
}`

bad_example := `resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "arn:aws:iam::123456789012:role/orders"
  environment {
    variables = {
      DB_PASSWORD = "correct-horse-battery"
    }
  }
}`

_script := "#!/bin/sh\nexport DB_PASSWORD=hunter2\nstart"

test_user_data if {
	_found("aws_instance", {"user_data": _script}) == {{
		"msg": "the user data of aws_instance.x holds a credential in plain text",
		"path": ["spec", "user_data"],
	}}
	_found("aws_launch_template", {"user_data": base64.encode(_script)}) == {{
		"msg": "the user data of aws_launch_template.x holds a credential in plain text",
		"path": ["spec", "user_data"],
	}}
	_found("aws_instance", {"user_data_base64": base64.encode(_script)}) == {{
		"msg": "the user data of aws_instance.x holds a credential in plain text",
		"path": ["spec", "user_data_base64"],
	}}
	_found("aws_instance", {"user_data": "-----BEGIN RSA PRIVATE KEY-----\nMIIB"}) == {{
		"msg": "the user data of aws_instance.x holds a private key in plain text",
		"path": ["spec", "user_data"],
	}}
	count(_found("aws_instance", {"user_data": "db_password: 'hunter'"})) == 1
	count(_found("aws_instance", {"user_data": `export DB_PASSWORD=\"hunter2\"`})) == 1
	_found("aws_instance", {"user_data": "db_password: 'hunt'"}) == set()
	every text in ["export DB_PASSWORD=$(fetch)", "start", "", samples.reference, null, 7] {
		_found("aws_instance", {"user_data": text}) == set()
	}
}

test_functions if {
	_found("aws_lambda_function", {"environment": [{"variables": {"DB_PASSWORD": "hunter2", "MODE": "live"}}]}) == {{
		"msg": "aws_lambda_function.x has a credential in plain text, in the variable DB_PASSWORD",
		"path": ["spec", "environment", 0, "variables", "DB_PASSWORD"],
	}}
	_found("aws_lambda_function", {"environment": [{"variables": {"DB_PASSWORD": "x-${aws_a.b.c}", "API_KEY": null, "TOKEN_URL": 7}}]}) == set()
}

test_builds if {
	_found("aws_codebuild_project", {"environment": [{"environment_variable": [
		{"name": "API_KEY", "value": "hunter2", "type": "PLAINTEXT"},
		{"name": "API_KEY", "value": "hunter2", "type": "PARAMETER_STORE"},
		{"name": "API_KEY", "value": "hunter2", "type": "SECRETS_MANAGER"},
		{"name": 7, "value": "hunter2"},
	]}]}) == {{
		"msg": "aws_codebuild_project.x has a credential in plain text, in the variable API_KEY",
		"path": ["spec", "environment", 0, "environment_variable", 0, "value"],
	}}
	count(_found("aws_codebuild_project", {"environment": [{"environment_variable": [{"name": "API_KEY", "value": "hunter2"}]}]})) == 1
}

test_containers if {
	container := {"name": "a", "environment": [{"name": "API_KEY", "value": "hunter2"}, {"name": "MODE", "value": "live"}]}
	_found("aws_ecs_task_definition", {"container_definitions": json.marshal([container])}) == {{
		"msg": "a container of aws_ecs_task_definition.x has a credential in plain text, in the variable API_KEY",
		"path": ["spec", "container_definitions"],
	}}
	_found("aws_batch_job_definition", {"container_properties": json.marshal(container)}) == {{
		"msg": "a container of aws_batch_job_definition.x has a credential in plain text, in the variable API_KEY",
		"path": ["spec", "container_properties"],
	}}
	_found("aws_ecs_task_definition", {"container_definitions": "no JSON", "container_properties": samples.reference}) == set()
}

test_parameters if {
	_found("aws_ssm_parameter", {"name": "/orders/db-password", "value": "hunter2"}) == {{
		"msg": "aws_ssm_parameter.x holds a credential in plain text",
		"path": ["spec", "value"],
	}}
	_found("aws_ssm_parameter", {"name": "/orders/mode", "value": "hunter2"}) == set()
	every value in ["changeme", "CHANGE-ME", "<placeholder>", "dummy", "to be set", "replace-me", "xxx", samples.reference, null] {
		_found("aws_ssm_parameter", {"name": "/orders/db-password", "value": value}) == set()
	}
	_found("aws_instance", {"name": "db-password", "value": "hunter2"}) == set()
}

test_secrets if {
	_found("aws_secretsmanager_secret_version", {"secret_string": json.marshal({"user": "a", "password": "hunter2"})}) == {{
		"msg": "aws_secretsmanager_secret_version.x holds a credential in plain text",
		"path": ["spec", "secret_string"],
	}}
	_found("aws_secretsmanager_secret_version", {"secret_string": "-----BEGIN PRIVATE KEY-----\nMIIB"}) == {{
		"msg": "aws_secretsmanager_secret_version.x holds a private key in plain text",
		"path": ["spec", "secret_string"],
	}}
	every value in [json.marshal({"password": "changeme"}), "[1]", "7", samples.reference, null] {
		_found("aws_secretsmanager_secret_version", {"secret_string": value}) == set()
	}
}
