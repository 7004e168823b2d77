# METADATA
# title: Credentials in user data, environments and parameters
# description: |
#   Credentials in the user data of machines, in the environment of functions,
#   builds and containers, in parameters and in secrets, known by their form (a
#   private key, an access key id, a token of a known service, a URL with a
#   password) or by their name (DB_PASSWORD) with a literal value. A placeholder
#   such as "changeme" in a parameter or a secret, which is to be replaced by
#   hand, is none. CWE-798.
# custom:
#   id: security/aws-plaintext-secret
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Keep the value in Secrets Manager and refer to its ARN, or let the workload fetch it; then
#     revoke the credential, since Git keeps its history.
#   pointsAt: secrets
#   scope: resource
#   kinds:
#     - terraform/aws_instance
#     - terraform/aws_spot_instance_request
#     - terraform/aws_launch_template
#     - terraform/aws_launch_configuration
#     - terraform/aws_lambda_function
#     - terraform/aws_codebuild_project
#     - terraform/aws_ecs_task_definition
#     - terraform/aws_batch_job_definition
#     - terraform/aws_ssm_parameter
#     - terraform/aws_secretsmanager_secret_version
package holdfast.security.aws_plaintext_secret

import data.holdfast.lib.aws
import data.holdfast.lib.credentials

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some [attribute, text] in _scripts
	some what in _in_script(text)
	msg := sprintf("the user data of %s holds %s in plain text", [aws.title, what])
}

deny contains {"msg": msg, "path": ["spec", "environment", i, "variables", name]} if {
	some i
	some name, value in input.resource.spec.environment[i].variables
	some what in _what(name, value)
	msg := sprintf("%s has %s in plain text, in the variable %s", [aws.title, what, name])
}

deny contains {"msg": msg, "path": ["spec", "environment", i, "environment_variable", j, "value"]} if {
	some i
	some j, variable in input.resource.spec.environment[i].environment_variable
	not _elsewhere(variable)
	some what in _what(variable.name, variable.value)
	msg := sprintf("%s has %s in plain text, in the variable %s", [aws.title, what, variable.name])
}

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some [attribute, container] in _containers
	some variable in container.environment
	some what in _what(variable.name, variable.value)
	msg := sprintf("a container of %s has %s in plain text, in the variable %s", [aws.title, what, variable.name])
}

deny contains {"msg": msg, "path": ["spec", "value"]} if {
	input.resource.kind == "aws_ssm_parameter"
	some what in _kept(input.resource.spec.name, input.resource.spec.value)
	msg := sprintf("%s holds %s in plain text", [aws.title, what])
}

deny contains {"msg": msg, "path": ["spec", "secret_string"]} if {
	some [name, value] in _secrets
	some what in _kept(name, value)
	msg := sprintf("%s holds %s in plain text", [aws.title, what])
}

_scripts contains ["user_data", text] if {
	some text in _readings(input.resource.spec.user_data)
}

_scripts contains ["user_data_base64", text] if {
	some text in _readings(input.resource.spec.user_data_base64)
}

# Launch templates want it encoded, instances take both.
_readings(text) := {text} | {base64.decode(text) | base64.is_valid(text)} if is_string(text)

_in_script(text) := credentials.forms(text) | {what |
	some line in regex.find_all_string_submatch_n(`([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*\\?["']?([^\s"'#;]{6,})`, text, -1)
	some what in credentials.literals(line[1], line[2])
}

_what(name, value) := credentials.literals(name, value) if {
	is_string(value)
	not aws.unresolved(value)
}

_elsewhere(variable) if variable.type in {"PARAMETER_STORE", "SECRETS_MANAGER"}

_containers contains ["container_definitions", container] if {
	json.is_valid(input.resource.spec.container_definitions)
	some container in json.unmarshal(input.resource.spec.container_definitions)
}

_containers contains ["container_properties", json.unmarshal(text)] if {
	text := input.resource.spec.container_properties
	json.is_valid(text)
}

_secrets contains [null, input.resource.spec.secret_string]

_secrets contains [name, value] if {
	json.is_valid(input.resource.spec.secret_string)
	some name, value in json.unmarshal(input.resource.spec.secret_string)
}

_kept(name, value) := {what |
	not regex.match(_placeholder, value)
	some what in _what(name, value)
} if {
	is_string(value)
}

_placeholder := `(?i)^[^a-z0-9]*(?:change[ _-]?(?:me|it)|place[ _-]?holder|dummy|example|fill|here|initial|replace|set|todo|tbd|to[ _-]be|xxx|your)`
