# METADATA
# title: Front doors without access logs
# description: |
#   Buckets, load balancers, CloudFront distributions and API stages that keep no
#   log of who asked for what. A bucket has a logging block or an
#   aws_s3_bucket_logging, a distribution a logging_config or an
#   aws_cloudwatch_log_delivery_source. AWS Security Hub S3.9, ELB.5,
#   CloudFront.5, APIGateway.1 and APIGateway.9.
# custom:
#   id: security/aws-access-logs
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Add access_logs (a load balancer), logging_config (a distribution), access_log_settings (a
#     stage) or an aws_s3_bucket_logging.
#   scope: resource
#   kinds:
#     - terraform/aws_s3_bucket
#     - terraform/aws_lb
#     - terraform/aws_alb
#     - terraform/aws_elb
#     - terraform/aws_cloudfront_distribution
#     - terraform/aws_api_gateway_stage
#     - terraform/aws_apigatewayv2_stage
package holdfast.security.aws_access_logs

import data.holdfast.lib.aws

_blocks := {
	"aws_s3_bucket": "logging",
	"aws_lb": "access_logs",
	"aws_alb": "access_logs",
	"aws_elb": "access_logs",
	"aws_cloudfront_distribution": "logging_config",
	"aws_api_gateway_stage": "access_log_settings",
	"aws_apigatewayv2_stage": "access_log_settings",
}

warn contains {"msg": msg, "path": ["spec"]} if {
	block := _blocks[input.resource.kind]
	not aws.present(aws.get(_spec, block))
	not _logged
	msg := sprintf("%s keeps no access log", [aws.title])
}

# Only of an aws_elb the log is on where nothing is said.
warn contains {"msg": msg, "path": path} if {
	some i, logs in _spec.access_logs
	not _enabled(aws.get(logs, "enabled"))
	msg := sprintf("%s keeps no access log", [aws.title])
	path := aws.path(["spec", "access_logs", i], logs, "enabled")
}

_enabled(value) if aws.on(value)

_enabled(null) if input.resource.kind == "aws_elb"

_logged if {
	input.resource.kind == "aws_s3_bucket"
	aws.attached(_logging, "bucket")
}

_logged if {
	input.resource.kind == "aws_cloudfront_distribution"
	aws.attached(_deliveries, "resource_arn")
}

_logging := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_s3_bucket_logging"]]

_deliveries := [by_name | some by_name in data.holdfast.resources[input.target.name]["terraform/aws_cloudwatch_log_delivery_source"]]

_spec["logging"] := input.resource.spec.logging

_spec["access_logs"] := input.resource.spec.access_logs

_spec["logging_config"] := input.resource.spec.logging_config

_spec["access_log_settings"] := input.resource.spec.access_log_settings
