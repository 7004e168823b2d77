# METADATA
# title: Functions and stages without tracing
# description: |
#   Without X-Ray nobody can follow one request through functions and APIs, in an
#   incident least of all. AWS Security Hub APIGateway.3; AWS Lambda Developer
#   Guide, "Using AWS Lambda with AWS X-Ray".
# custom:
#   id: security/aws-tracing
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set tracing_config.mode to "Active" (a function) or xray_tracing_enabled to true (an API's
#     stage).
#   scope: resource
#   kinds:
#     - terraform/aws_lambda_function
#     - terraform/aws_api_gateway_stage
package holdfast.security.aws_tracing

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_lambda_function"
	not _traces
	msg := sprintf("%s is not traced", [aws.title])
	path := aws.path(["spec"], _spec, "tracing_config")
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_api_gateway_stage"
	not aws.on(aws.get(_spec, "xray_tracing_enabled"))
	msg := sprintf("%s is not traced", [aws.title])
	path := aws.path(["spec"], _spec, "xray_tracing_enabled")
}

_traces if {
	some config in _spec.tracing_config
	config.mode != "PassThrough"
}

_spec["tracing_config"] := input.resource.spec.tracing_config

_spec["xray_tracing_enabled"] := input.resource.spec.xray_tracing_enabled
