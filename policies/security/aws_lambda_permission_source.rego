# METADATA
# title: Functions that a service may call for anyone
# description: |
#   A permission for a service such as s3.amazonaws.com without source_arn or
#   source_account lets that service call the function for every AWS account. AWS
#   IAM User Guide, "The confused deputy problem"; AWS Lambda Developer Guide,
#   AddPermission.
# custom:
#   id: security/aws-lambda-permission-source
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set source_arn to what calls the function, or source_account to your account.
#   scope: resource
#   kinds: [terraform/aws_lambda_permission]
package holdfast.security.aws_lambda_permission_source

import data.holdfast.lib.aws

_services := {
	"apigateway.amazonaws.com",
	"cognito-idp.amazonaws.com",
	"config.amazonaws.com",
	"events.amazonaws.com",
	"logs.amazonaws.com",
	"s3.amazonaws.com",
	"scheduler.amazonaws.com",
	"ses.amazonaws.com",
	"sns.amazonaws.com",
}

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.spec.principal in _services
	not _bounded
	msg := sprintf("%s lets %s call the function for every account", [aws.title, input.resource.spec.principal])
}

_bounded if aws.present(input.resource.spec.source_arn)

_bounded if aws.present(input.resource.spec.source_account)

_bounded if aws.present(input.resource.spec.principal_org_id)
